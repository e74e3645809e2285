import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { toBotLogin, toChannelName } from '../../src/domain.js'
import { chatStages, GENE, line, never, task } from './chat-stage.js'
import { type MemoryBot, OutboxWorld } from './outbox-world.js'

const HERE = toChannelName('here')
const REASON = 'The streamer muted it.'

describe('an outbox whose bot is muted', () => {
  let world: OutboxWorld
  let ava: MemoryBot

  beforeEach(async () => {
    world = new OutboxWorld({ bots: ['ava', 'ben'], channels: ['here'], latencyMs: 20 })
    ava = world.bot('ava')
    await world.clock.advance(SECOND)
  })

  afterEach(() => world.stop())

  const attempts = () => world.twitch.ledger.attempts().map(({ text }) => text)

  it('writes no line that is ready, says why, and goes on with all of them after that', async () => {
    ava.mute(REASON)
    const lines = ['one', 'two'].map((text) => world.say('ava', 'here', text))
    world.say('ben', 'here', 'not me')
    await world.clock.advance(200 * SECOND)
    expect(attempts()).toEqual(['not me'])
    expect(ava.outbox.blocked(HERE)).toBe(REASON)
    expect(ava.outbox.pending).toBe(2)
    ava.mute()
    await world.clock.advance(2 * SECOND)
    expect(ava.outbox.blocked(HERE)).toBeUndefined()
    expect(attempts()).toEqual(['not me', 'one', 'two'])
    expect(lines.map(({ outcome }) => outcome?.kind)).toEqual(['sent', 'sent'])
  })

  it('is blocked where it is moderator, too', () => {
    ava.rooms.setRoles(HERE, { broadcaster: false, moderator: true, vip: false, subscriber: false })
    expect(ava.outbox.blocked(HERE)).toBeUndefined()
    ava.mute(REASON)
    expect(ava.outbox.blocked(HERE)).toBe(REASON)
  })

  it('hears the answer to what was on its way', async () => {
    world.twitch.delayUserstate(3 * SECOND)
    const written = world.say('ava', 'here', 'one')
    const waiting = world.say('ava', 'here', 'two')
    ava.mute(REASON)
    await world.clock.advance(60 * SECOND)
    expect(written.outcome).toMatchObject({ kind: 'sent', id: expect.any(String) })
    expect(waiting.outcome).toBeUndefined()
    expect(attempts()).toEqual(['one'])
  })

  it('lets a line be taken back that waits', async () => {
    ava.mute(REASON)
    const waiting = world.say('ava', 'here', 'one')
    waiting.controller.abort(new Error('withdrawn'))
    await world.clock.advance(0)
    expect(waiting.error).toMatchObject({ message: 'withdrawn' })
    expect(ava.outbox.pending).toBe(0)
  })

  it('repeats nothing that was left open, and leaves it in doubt in the end', async () => {
    world.twitch.dropSilently(1, 'ava')
    const open = world.say('ava', 'here', 'one')
    ava.mute(REASON)
    await world.clock.advance(20 * SECOND)
    expect(open.outcome).toBeUndefined()
    await world.clock.advance(8 * SECOND)
    expect(open.outcome).toEqual({ kind: 'sent', inDoubt: true })
    expect(attempts()).toEqual(['one'])
  })

  it('repeats what was left open when it may talk again in time', async () => {
    world.twitch.dropSilently(1, 'ava')
    const open = world.say('ava', 'here', 'one')
    ava.mute(REASON)
    await world.clock.advance(10 * SECOND)
    ava.mute()
    await world.clock.advance(SECOND)
    expect(open.outcome).toMatchObject({ kind: 'sent', id: expect.any(String) })
    expect(attempts()).toEqual(['one', 'one'])
  })

  it('still says the answer to a command, within the allowance, past everything that waits', async () => {
    world.say('ava', 'here', 'one')
    world.say('ava', 'here', 'two')
    ava.mute(REASON)
    const answer = world.say('ava', 'here', 'I am quiet now.', true)
    await world.clock.advance(1099)
    expect(attempts()).toEqual(['one'])
    await world.clock.advance(SECOND)
    expect(answer.outcome).toMatchObject({ kind: 'sent' })
    expect(attempts()).toEqual(['one', 'I am quiet now.'])
  })

  it('says it past a line of unknown fate, too, which may not be said again then', async () => {
    world.twitch.dropSilently(1, 'ava')
    const open = world.say('ava', 'here', 'one')
    ava.mute(REASON)
    const answer = world.say('ava', 'here', 'I am quiet now.', true)
    await world.clock.advance(7 * SECOND)
    expect(answer.outcome).toMatchObject({ kind: 'sent' })
    expect(open.outcome).toEqual({ kind: 'sent', inDoubt: true })
    ava.mute()
    await world.clock.advance(60 * SECOND)
    expect(attempts()).toEqual(['one', 'I am quiet now.'])
  })
})

describe('chat', () => {
  const set = chatStages()

  it('asks who is muted before it writes, looks again when it is told to, and tells that it did', async () => {
    const muted = new Map<string, string>()
    let changes = 0
    const { chat, twitch } = await set({
      muted: (bot) => muted.get(bot),
      onStanding: () => changes++,
    })
    await chat.start()
    muted.set(GENE, REASON)
    const before = changes
    chat.refresh(GENE)
    expect(changes).toBe(before + 1)
    expect(chat.blocked(GENE, HERE)).toBe(REASON)
    const waiting = chat.deliver(task(GENE), line('not yet'), never())
    await expect(chat.say(GENE, line('I am quiet now.'))).resolves.toMatchObject({ kind: 'sent' })
    expect(chat.status().bots.map(({ mutedReason }) => mutedReason)).toEqual([undefined, REASON])
    // Who is muted is not parked: it may be talked to.
    expect(chat.status().parked).toEqual([])
    muted.clear()
    chat.refresh()
    await expect(waiting).resolves.toMatchObject({ kind: 'sent' })
    expect(twitch.ledger.delivered().map(({ text }) => text)).toEqual(['I am quiet now.', 'not yet'])
  })

  it('says a line that is nobody’s reply, and drops it when it is not wanted any more', async () => {
    const { chat, twitch } = await set({ bots: [{ login: GENE }] })
    const stopping = new AbortController()
    const dropped = chat.say(GENE, line('too late'), stopping.signal)
    stopping.abort(new Error('nobody waits'))
    await expect(dropped).rejects.toThrow('nobody waits')
    await chat.start()
    await expect(chat.say(GENE, line('hello'))).resolves.toMatchObject({ kind: 'sent' })
    expect(twitch.ledger.attempts().map(({ text }) => text)).toEqual(['hello'])
    await expect(chat.say(toBotLogin('nobody'), line('x'))).rejects.toMatchObject({ code: 'no-bot' })
  })
})
