import { MINUTE, SECOND } from '../clock.js'
import { assertNever, type Bot, type BotLogin, sameLogin } from '../domain.js'
import type { ChatCommand } from '../routing/chat-command.js'
import type { Controls, MutedBot } from './controls.js'

/** Up to here a time is told in seconds: 70 s are not two minutes. */
const SECONDS_MAX_MS = 90 * SECOND

/** How things stand, as a moderator asks for it. */
export interface Standing {
  /** Viewers who have asked something that is not answered. */
  readonly viewersWaiting: number
  /** Until they are answered, in milliseconds, as far as they wait for bots that get on; 0 where none does. */
  readonly doneMs: number
  /** The configured chance of an unasked reply; absent where whoever decides does not tell. */
  readonly chance: number | undefined
  readonly parked: readonly BotLogin[]
}

export interface CommandContext {
  readonly bots: readonly Pick<Bot, 'login' | 'aliases'>[]
  readonly controls: Controls
  readonly standing: Standing
  /** The login of who gave the command. */
  readonly by: string
}

/**
 * Does what a moderator asks for, and returns the answer to it: one short line made of our own words, of numbers and of the
 * logins in the configuration. Nothing that was written in chat is in it.
 */
export function runCommand(command: ChatCommand, context: CommandContext): string {
  const { by, controls } = context
  switch (command.kind) {
    case 'on':
      controls.reset(by)
      return `All bots are on.${chanceText(context)}`
    case 'off':
      controls.muteAll(by)
      return 'All bots are silent until !bots on.'
    case 'calm':
      controls.calm(command.isOn, by)
      return command.isOn ? 'Calm: only mentions are answered, until !bots on.' : 'Calm is over.'
    case 'mute':
    case 'unmute':
      return muteOrUnmute(command, context)
    case 'chance':
      controls.setChance(command.chance, by)
      return `From now on ${percent(command.chance)} of the lines that name no bot get a reply, until !bots on.`
    case 'status':
      return statusText(context)
    case 'mistake':
      return command.usage
    default:
      return assertNever(command)
  }
}

function muteOrUnmute(
  command: Extract<ChatCommand, { kind: 'mute' | 'unmute' }>,
  { bots, by, controls }: CommandContext,
): string {
  const bot = named(command.bot, bots)
  if (!bot) return `The bots are ${bots.map(({ login }) => login).join(', ')}.`
  if (command.kind === 'unmute') {
    controls.unmute(bot, by)
    return `${bot} talks again.`
  }
  controls.mute(bot, command.minutes, by)
  const end = command.minutes === undefined ? `until !bots unmute ${bot}` : `for ${command.minutes} min`
  return `${bot} is silent ${end}.`
}

/** By its login, or by an alias that is no other bot's. */
function named(name: string, bots: CommandContext['bots']): BotLogin | undefined {
  const byLogin = bots.find(({ login }) => sameLogin(login, name))
  if (byLogin) return byLogin.login
  const called = bots.filter(({ aliases }) => aliases.some((alias) => sameLogin(alias, name)))
  return called.length === 1 ? called[0]?.login : undefined
}

function statusText(context: CommandContext): string {
  const { isCalm, muted } = context.controls.state
  const { parked } = context.standing
  const isOff = muted.length === context.bots.length
  return [
    isOff ? 'Off.' : isCalm ? 'Calm.' : 'On.',
    chanceText(context).trim(),
    waitingText(context.standing),
    muted.length > 0 && `Muted: ${muted.map(mutedText).join(', ')}.`,
    parked.length > 0 && `Parked: ${parked.join(', ')}.`,
  ]
    .filter(Boolean)
    .join(' ')
}

function waitingText({ doneMs, viewersWaiting }: Standing): string {
  if (viewersWaiting === 0) return 'Nobody waits.'
  const who = viewersWaiting === 1 ? '1 viewer waits' : `${viewersWaiting} viewers wait`
  return doneMs === 0 ? `${who}.` : `${who}, done in about ${duration(doneMs)}.`
}

function chanceText({ controls, standing }: CommandContext): string {
  const { chance = standing.chance, isChancePaused } = controls.state
  if (isChancePaused) return ' Chance paused.'
  return chance === undefined ? '' : ` Chance ${percent(chance)}.`
}

function mutedText({ bot, leftMs }: MutedBot): string {
  return leftMs === undefined ? bot : `${bot} (${duration(leftMs)})`
}

function percent(chance: number): string {
  return `${Math.round(chance * 100)} %`
}

/** As somebody would say it; up, so that nobody waits for longer. */
function duration(ms: number): string {
  return ms < SECONDS_MAX_MS ? `${Math.max(1, Math.ceil(ms / SECOND))} s` : `${Math.ceil(ms / MINUTE)} min`
}
