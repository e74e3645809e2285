import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import { OutboxWorld } from './outbox-world.js'

let world: OutboxWorld
let parked: string[]

beforeEach(async () => {
  world = new OutboxWorld({ bots: ['ava'], channels: ['here'], latencyMs: 0 })
  parked = []
  world.events.on('bot:parked', ({ bot }) => parked.push(bot))
  await world.clock.advance(SECOND)
})

afterEach(() => world.stop())

describe('a line', () => {
  it('of a moderator that is refused for speed waits a whole window each time, and parks nobody', async () => {
    world.twitch.room('here').setRole('ava', 'moderator', { isTold: true })
    await world.clock.advance(0)
    world.twitch.refuseMessages('msg_ratelimit', { login: 'ava', times: 4 })
    const handed = world.say('ava', 'here', 'hello')
    await world.clock.advance(4 * MINUTE)
    const times = world.twitch.ledger.attempts().map(({ atMs }) => atMs)
    expect(times.slice(1).map((atMs, place) => atMs - (times[place] ?? 0))).toEqual([
      30_500, 30_500, 30_500, 30_500,
    ])
    expect(handed.outcome).toMatchObject({ kind: 'sent' })
    expect(parked).toEqual([])
  })

  it('that was refused in unknown words just before a cut is made anew, and not said again', async () => {
    world.twitch.refuseMessages('msg_nobody_knows_this', { login: 'ava' })
    const handed = world.say('ava', 'here', 'hello')
    await world.clock.advance(0)
    world.bot('ava').cut()
    world.bot('ava').connect()
    await world.clock.advance(MINUTE)
    expect(handed.error).toMatchObject({ code: 'line-refused' })
    expect(world.twitch.ledger.attempts()).toHaveLength(1)
  })

  it('on its way to find out whether a muted account is heard again leaves it parked until Twitch says so', async () => {
    const { outbox } = world.bot('ava')
    world.twitch.lockOut('ava')
    for (let count = 0; count < 8; count++) world.say('ava', 'here', `line ${count}`)
    const here = world.handed[0]?.line.channel
    if (!here) throw new Error('nothing was said')
    for (let second = 0; second < 600; second++) {
      if (second % 10 === 0) world.twitch.room('here').say('ann', 'chatter')
      await world.clock.advance(SECOND)
      if (parked.length > 0) expect(outbox.blocked(here)).toBeDefined()
    }
    expect(parked).toEqual(['ava'])
  })
})
