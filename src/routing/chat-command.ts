import { MUTE_MINUTES_MAX } from '../domain.js'

/** What every command in chat begins with. */
const COMMAND_WORD = '!bots'

/** What a moderator asks for in chat. `bot` is what was written: never say it again. */
export type ChatCommand =
  | { readonly kind: 'on' | 'off' | 'status' }
  | { readonly kind: 'calm'; readonly isOn: boolean }
  | { readonly kind: 'mute'; readonly bot: string; readonly minutes?: number }
  | { readonly kind: 'unmute'; readonly bot: string }
  | { readonly kind: 'chance'; readonly chance: number }
  | Mistake

/** What could not be understood, and what could be. */
interface Mistake {
  readonly kind: 'mistake'
  readonly usage: string
}

const USAGE = {
  any: 'Try !bots on, off, calm, status, mute BOT 10, unmute BOT or chance 25.',
  calm: 'Try !bots calm or !bots calm off.',
  mute: `Try !bots mute BOT, or !bots mute BOT 10 for ten minutes (at most ${MUTE_MINUTES_MAX}, a week).`,
  unmute: 'Try !bots unmute BOT.',
  chance: 'The chance is in whole percent from 0 to 100: try !bots chance 25.',
} as const

/** Characters nobody sees; clients append some so that a repeated line looks new to Twitch. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}+/gu
/** A quick look: nearly every line of a flood ends here. */
const BEGINS_WITH_SIGN = /^[\s\p{Default_Ignorable_Code_Point}]*!/u

/** Whether a line is a command, understood or not. Who may give one is for others to say. */
export function isChatCommand(text: string): boolean {
  return wordsOf(text) !== undefined
}

/** Reads a command: in any case, with any spaces; `undefined` for a line that is none. */
export function parseChatCommand(text: string): ChatCommand | undefined {
  const words = wordsOf(text)
  if (!words) return undefined
  const [verb = '', ...rest] = words
  switch (verb) {
    case 'on':
    case 'off':
    case 'status':
      return rest.length === 0 ? { kind: verb } : mistake('any')
    case 'calm':
      return parseCalm(rest)
    case 'mute':
      return parseMute(rest)
    case 'unmute':
      return parseUnmute(rest)
    case 'chance':
      return parseChance(rest)
    default:
      return mistake('any')
  }
}

/** The words behind the command word, in lower case; `undefined` where the line does not begin with that. */
function wordsOf(text: string): string[] | undefined {
  if (!BEGINS_WITH_SIGN.test(text)) return undefined
  const [first, ...rest] = text.replace(INVISIBLE, '').trim().toLowerCase().split(/\s+/)
  return first === COMMAND_WORD ? rest : undefined
}

function parseCalm([turn = 'on', ...rest]: readonly string[]): ChatCommand {
  const isTurn = turn === 'on' || turn === 'off'
  return isTurn && rest.length === 0 ? { kind: 'calm', isOn: turn === 'on' } : mistake('calm')
}

function parseMute([bot, time, ...rest]: readonly string[]): ChatCommand {
  if (bot === undefined || rest.length > 0) return mistake('mute')
  if (time === undefined) return { kind: 'mute', bot: withoutAt(bot) }
  const minutes = /^\d{1,5}(?:\.\d{1,2})?$/.test(time) ? Number(time) : 0
  if (minutes <= 0 || minutes > MUTE_MINUTES_MAX) return mistake('mute')
  return { kind: 'mute', bot: withoutAt(bot), minutes }
}

function parseUnmute([bot, ...rest]: readonly string[]): ChatCommand {
  return bot === undefined || rest.length > 0 ? mistake('unmute') : { kind: 'unmute', bot: withoutAt(bot) }
}

/** Whole percent alone: `0.25` may be meant as a quarter of all lines or as one line in four hundred. */
function parseChance([share = '', ...rest]: readonly string[]): ChatCommand {
  const percent = /^(\d{1,3})%?$/.exec(share)?.[1]
  if (percent === undefined || rest.length > 0 || Number(percent) > 100) return mistake('chance')
  return { kind: 'chance', chance: Number(percent) / 100 }
}

function withoutAt(bot: string): string {
  return bot.replace(/^@/, '')
}

function mistake(about: keyof typeof USAGE): Mistake {
  return { kind: 'mistake', usage: USAGE[about] }
}
