import type { BotLogin } from './domain.js'
import type { ChorusEmitter } from './events.js'

/** What changes where bots may talk. */
const STANDING_EVENTS = ['bot:joined', 'bot:parked', 'channel:closed'] as const

/** Tells `ready` once: at least one bot is in chat, and every other one is, too, or is parked. */
export function tellWhenReady(
  events: ChorusEmitter,
  status: () => {
    readonly joined: readonly BotLogin[]
    readonly parked: readonly { readonly bot: BotLogin; readonly reason: string }[]
  },
  botCount: number,
): void {
  const look = () => {
    const { joined, parked } = status()
    if (joined.length === 0 || joined.length + parked.length < botCount) return
    for (const event of STANDING_EVENTS) events.off(event, look)
    events.emit('ready', { joined, parked })
  }
  for (const event of STANDING_EVENTS) events.on(event, look)
}
