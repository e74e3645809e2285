import type { TwitchChat } from './chat/twitch-chat.js'
import type { ChorusEmitter } from './events.js'

/** What changes where bots may talk. */
const STANDING_EVENTS = ['bot:joined', 'bot:parked', 'channel:closed'] as const

/** Tells `ready` once: at least one bot is in chat, and every other one is, too, or is parked. */
export function tellWhenReady(
  events: ChorusEmitter,
  chat: Pick<TwitchChat, 'status'>,
  botCount: number,
): void {
  const look = () => {
    const { joined, parked } = chat.status()
    if (joined.length === 0 || joined.length + parked.length < botCount) return
    for (const event of STANDING_EVENTS) events.off(event, look)
    events.emit('ready', { joined, parked })
  }
  for (const event of STANDING_EVENTS) events.on(event, look)
}
