import type { ChorusStatus } from '../../chorus.js'

export type BotStatus = ChorusStatus['chat']['bots'][number]

/** How it is in chat. */
type Kind = 'in-chat' | 'muted' | 'on-the-way' | 'parked' | 'gone'

export const SIGNS: Readonly<Record<Kind, string>> = {
  'in-chat': '●',
  muted: '‖',
  'on-the-way': '…',
  parked: '■',
  gone: '○',
}

/** How a bot is in chat: what is worst. */
export function toStanding(
  bot: BotStatus,
  { controls, state }: Pick<ChorusStatus, 'controls' | 'state'>,
): { readonly kind: Kind; readonly words: string } {
  const isRunning = state === 'running'
  const isMuted = controls.muted.some((muted) => muted.bot === bot.bot)
  if (bot.reason !== undefined) return { kind: 'parked', words: `Parked: ${bot.reason}` }
  if (bot.joined.length === 0 && !isRunning) return { kind: 'gone', words: 'Left chat' }
  if (bot.joined.length === 0) return { kind: 'on-the-way', words: 'Not in chat: it connects by itself' }
  if (isMuted) return { kind: 'muted', words: 'In chat, muted' }
  const closed = bot.rooms.find(({ closedReason }) => closedReason !== undefined)
  if (closed) return { kind: 'parked', words: `Kept out of #${closed.channel}: ${closed.closedReason}` }
  return { kind: 'in-chat', words: 'In chat' }
}
