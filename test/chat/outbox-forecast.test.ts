import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { toChannelName } from '../../src/domain.js'
import { type MemoryBot, OutboxWorld } from './outbox-world.js'

const HERE = toChannelName('here')
let world: OutboxWorld
let ava: MemoryBot

beforeEach(async () => {
  world = new OutboxWorld({ bots: ['ava'], channels: ['here', 'there'], latencyMs: 0 })
  ava = world.bot('ava')
  await world.clock.advance(0)
})

afterEach(() => world.stop())

const forecastMs = (lines: number) => ava.outbox.forecastMs(HERE, lines)
const say = (count: number, channel = 'here') => {
  for (let place = 0; place < count; place++) world.say('ava', channel, `${channel} ${place}`)
}

/** What Twitch has said in this turn is heard. */
const told = () => world.clock.advance(0)

describe('what an outbox says of lines to come', () => {
  it('is what really happens when they come', async () => {
    for (const lines of [1, 20, 21, 50]) {
      const saidMs = world.clock.now() + forecastMs(lines)
      const before = world.handed.length
      for (let place = 0; place < lines; place++) world.say('ava', 'here', `line ${before + place}`)
      await world.clock.advance(200 * SECOND)
      expect(world.twitch.ledger.attempts().at(-1)?.atMs).toBe(saidMs)
      expect(world.twitch.ledger.delivered()).toHaveLength(before + lines)
    }
  })

  it('is that nothing takes no time', () => {
    expect(forecastMs(0)).toBe(0)
  })

  it('counts the lines that wait already, also in other channels, but not where nothing may be written', async () => {
    say(4)
    // The first one is written, three wait.
    expect(forecastMs(1)).toBe(4 * 1100)
    expect(forecastMs(0)).toBe(3 * 1100)
    say(3, 'there')
    expect(forecastMs(1)).toBe(6 * 1100)
    world.twitch.room('there').setMode({ emoteOnly: true })
    await told()
    expect(forecastMs(1)).toBe(4 * 1100)
  })

  it('knows of slow mode, and of what the account is in the room', async () => {
    world.twitch.room('here').setMode({ slowSeconds: 10 })
    await told()
    expect(forecastMs(3)).toBe(2 * 10_300)
    world.twitch.room('here').setRole('ava', 'moderator', { isTold: true })
    await told()
    expect(forecastMs(3)).toBe(200)
  })

  it('starts when a refusal or a lock-out is over', async () => {
    world.twitch.refuseMessages('msg_ratelimit', { login: 'ava', times: 2 })
    say(1)
    await told()
    expect(forecastMs(1)).toBe(1100 + 1100)
    await world.clock.advance(1100)
    // Refused twice: that means the whole window, everywhere.
    expect(forecastMs(1)).toBe(30_500 + 1100)
    world.twitch.refuseMessages('msg_ratelimit', { login: 'ava', times: 1 })
    await world.clock.advance(30_500)
    expect(forecastMs(1)).toBe(30_000 + 1100)
  })

  it('does not go by a room that is closed', async () => {
    world.twitch.room('here').setMode({ emoteOnly: true })
    await told()
    expect(ava.outbox.blocked(HERE)).toBeDefined()
    expect(forecastMs(2)).toBe(1100)
  })
})
