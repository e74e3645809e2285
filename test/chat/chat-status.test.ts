import { describe, expect, it } from 'vitest'
import type { BotChatStatus } from '../../src/chat/account-status.js'
import { soon } from '../support/soon.js'
import { AVA, chatStages, GENE, HERE, line, never, type Stage, THERE, task } from './chat-stage.js'

const set = chatStages()

function statusOf({ chat }: Stage, place: number): BotChatStatus {
  const status = chat.status().bots[place]
  if (!status) throw new RangeError(`no bot ${place}`)
  return status
}

describe('what chat tells of an account', () => {
  it('is how many lines Twitch still allows it, and how many wait', async () => {
    // A real clock, and slow mode: no line may leave the window meanwhile, nor another one be written.
    const stage = await set({ bots: [{ login: AVA }], channels: [HERE, THERE], factor: 1 })
    stage.twitch.room('here').setMode({ slowSeconds: 30 })
    await stage.chat.start()
    expect(statusOf(stage, 0)).toMatchObject({ linesLeft: 20, linesMax: 20, waiting: 0 })
    const stopping = new AbortController()
    const context = { ...never(), signal: stopping.signal }
    const all = [line('one'), line('two'), line('three'), line('one', THERE)].map((each) =>
      stage.chat.deliver(task(AVA), each, context).catch(() => 'taken back'),
    )
    await stage.twitch.ledger.until((ledger) => ledger.delivered().length === 2, soon())
    await Promise.race([all[0], all[3]])
    expect(statusOf(stage, 0)).toMatchObject({ linesLeft: 18, linesMax: 20 })
    expect(statusOf(stage, 0).waiting).toBeGreaterThanOrEqual(2)
    stopping.abort()
    await Promise.all(all)
    expect(statusOf(stage, 0)).toMatchObject({ linesLeft: 18, waiting: 0 })
  })

  it('is what it is in each of its channels, and the best of it for the whole', async () => {
    const stage = await set({ channels: [HERE, THERE] })
    stage.twitch.room('here').setRole('ava', 'moderator')
    stage.twitch.room('there').setRole('gene', 'vip')
    expect(statusOf(stage, 0)).toMatchObject({ linesLeft: 20, linesMax: 20 })
    await stage.chat.start()
    expect(statusOf(stage, 0)).toMatchObject({ bot: AVA, linesLeft: 100, linesMax: 100 })
    expect(statusOf(stage, 0).rooms).toMatchObject([
      { channel: HERE, isPrivileged: true, role: 'moderator', linesMax: 100 },
      { channel: THERE, isPrivileged: false, linesMax: 20 },
    ])
    expect(statusOf(stage, 0).rooms[1]).not.toHaveProperty('role')
    expect(statusOf(stage, 1)).toMatchObject({ bot: GENE, linesMax: 100, rooms: [{}, { role: 'vip' }] })
    // What is not joined any more does not count.
    await stage.chat.stop()
    expect(statusOf(stage, 0)).toMatchObject({ linesMax: 20 })
  })
})
