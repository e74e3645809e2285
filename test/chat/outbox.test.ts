import { beforeEach, describe, expect, it } from 'vitest'
import type { LineConnection } from '../../src/chat/answer-watch.js'
import { Outbox } from '../../src/chat/outbox.js'
import { Rooms } from '../../src/chat/rooms.js'
import { SendBudget } from '../../src/chat/send-budget.js'
import { type ChatLine, type ChatText, toBotLogin, toChannelName, toMessageId } from '../../src/domain.js'
import { ChorusEmitter } from '../../src/events.js'
import { ManualClock, settle } from '../support/manual-clock.js'

const wanted = (signal = new AbortController().signal) => ({ signal, inFlight() {}, settled() {} })
const line = (text: string, channel = 'here'): ChatLine => ({
  channel: toChannelName(channel),
  text: text as ChatText,
})

const AVA = toBotLogin('ava')
let clock: ManualClock
let written: { atMs: number; raw: string }[]
let joined: Set<string>
let outbox: Outbox
let events: ChorusEmitter
/** How long Twitch takes to answer a line; undefined: it never does. */
let answersInMs: number | undefined
/** When the PING was sent that Twitch answered last; undefined: it answers each at once. */
let answeredPingMs: number | undefined

beforeEach(() => {
  clock = new ManualClock()
  written = []
  joined = new Set(['here', 'there'])
  events = new ChorusEmitter()
  answersInMs = 0
  answeredPingMs = undefined
  const rooms = new Rooms({ bot: AVA, clock, events, onChange: () => outbox.wake() })
  let nonces = 0
  outbox = new Outbox({
    bot: AVA,
    clock,
    events,
    rooms,
    budget: new SendBudget(),
    keepBudget: () => {},
    newNonce: () => `n${++nonces}`,
    onChange: () => outbox.wake(),
    link: {
      canWrite: (channel) => joined.has(channel),
      connection: () => connection,
      isWatched: () => false,
      othersHeardAtMs: () => Number.NEGATIVE_INFINITY,
    },
  })
})

const connection: LineConnection = {
  get answeredPingMs() {
    return answeredPingMs ?? clock.now()
  },
  ping: () => written.push({ atMs: clock.now(), raw: 'PING' }),
  write(raw) {
    written.push({ atMs: clock.now(), raw })
    const channel = toChannelName(/#(\w+)/.exec(raw)?.[1] ?? '')
    const nonce = /client-nonce=(\w+)/.exec(raw)?.[1] ?? ''
    const answer = () => outbox.delivery.confirmed(channel, { nonce, id: toMessageId(`id-${nonce}`) })
    if (answersInMs === 0) queueMicrotask(answer)
    else if (answersInMs !== undefined) clock.after(answersInMs, answer)
  },
}

const texts = () => written.map(({ raw }) => (raw.includes(' :') ? raw.slice(raw.indexOf(' :') + 2) : raw))
const sendAll = (lines: readonly ChatLine[]) => Promise.all(lines.map((each) => outbox.send(each, wanted())))

describe('Outbox', () => {
  it('writes a line at once where nothing stands in its way, and tells it', async () => {
    const told: string[] = []
    events.on('line:written', ({ bot, line: { text } }) => told.push(`${bot}: ${text}`))
    events.on('line:sent', ({ id }) => told.push(`sent ${id}`))
    await expect(outbox.send(line('hello'), wanted())).resolves.toEqual({ kind: 'sent', id: 'id-n1' })
    expect(written).toEqual([{ atMs: 0, raw: '@client-nonce=n1 PRIVMSG #here :hello' }])
    expect(told).toEqual(['ava: hello', 'sent id-n1'])
    expect(outbox.pending).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })

  it('keeps the order of a channel and its gap of 1.1 s', async () => {
    const all = sendAll([line('one'), line('two'), line('three')])
    expect(outbox.pending).toBe(3)
    await clock.advance(2200)
    await all
    expect(written.map(({ atMs }) => atMs)).toEqual([0, 1100, 2200])
    expect(texts()).toEqual(['one', 'two', 'three'])
  })

  it('counts the gap from Twitch’s answer, so that a slow way can’t make two lines arrive too close', async () => {
    answersInMs = 700
    const all = sendAll([line('one'), line('two'), line('three', 'there')])
    await clock.advance(1749)
    expect(texts()).toEqual(['one', 'three'])
    await clock.advance(1)
    expect(texts()).toEqual(['one', 'three', 'two'])
    await clock.advance(700)
    await all
  })

  it('says a line again that Twitch has left unanswered, and the next one after it', async () => {
    answersInMs = undefined
    const told: string[] = []
    events.on('line:unanswered', ({ channel, next }) => told.push(`${channel} ${next}`))
    const all = sendAll([line('one'), line('two')])
    await clock.advance(5250)
    answersInMs = 0
    await clock.advance(5000)
    await expect(all).resolves.toMatchObject([{ kind: 'sent' }, { kind: 'sent' }])
    expect(texts()).toEqual(['one', 'PING', 'one', 'two'])
    expect(told).toEqual(['here repeat'])
    outbox.stop()
    expect(clock.pendingTimers).toBe(0)
  })

  it('leaves a line in doubt that is never answered, once a repetition could be shown', async () => {
    answersInMs = undefined
    const sent = outbox.send(line('one'), wanted())
    await clock.advance(40_000)
    await expect(sent).resolves.toEqual({ kind: 'sent', inDoubt: true })
    const writes = written.filter(({ raw }) => raw.includes('PRIVMSG'))
    expect(writes.length).toBeGreaterThan(1)
    for (const { atMs } of writes) expect(atMs).toBeLessThan(28_000)
  })

  it('says a line again whose link was cut, once it is back', async () => {
    answersInMs = undefined
    const sent = outbox.send(line('one'), wanted())
    joined.clear()
    outbox.delivery.cut(connection)
    await clock.advance(10_000)
    expect(texts()).toEqual(['one'])
    answersInMs = 0
    joined.add('here')
    outbox.wake()
    await expect(sent).resolves.toMatchObject({ kind: 'sent', id: 'id-n2' })
    expect(clock.pendingTimers).toBe(0)
  })

  it('leaves a line in doubt whose link was cut and does not come back in time', async () => {
    answersInMs = undefined
    const sent = outbox.send(line('one'), wanted())
    joined.clear()
    outbox.delivery.cut(connection)
    await clock.advance(28_000)
    await expect(sent).resolves.toEqual({ kind: 'sent', inDoubt: true })
    expect(clock.pendingTimers).toBe(0)
  })

  it('writes nothing more into a link that has gone silent, and goes on when Twitch is heard again', async () => {
    answersInMs = undefined
    answeredPingMs = -1
    const all = sendAll([line('one'), line('two')])
    await clock.advance(20_000)
    expect(texts().filter((text) => text !== 'PING')).toEqual(['one'])
    answeredPingMs = clock.now()
    answersInMs = 0
    await clock.advance(5000)
    await all
    expect(texts().filter((text) => text !== 'PING')).toEqual(['one', 'one', 'two'])
  })

  it('gives up no line that Twitch has not read yet: only the answer to a PING behind it tells', async () => {
    answeredPingMs = -1
    answersInMs = 12_000
    const sent = outbox.send(line('one'), wanted())
    await clock.advance(12_000)
    await expect(sent).resolves.toEqual({ kind: 'sent', id: 'id-n1' })
    expect(texts()).toEqual(['one', 'PING'])
  })

  it('takes the answer to a PING that came before a line for none to it', async () => {
    await clock.advance(7000)
    answersInMs = 12_000
    const sent = outbox.send(line('one'), wanted())
    answeredPingMs = 6999
    await clock.advance(12_000)
    await expect(sent).resolves.toEqual({ kind: 'sent', id: 'id-n1' })
    expect(texts()).toEqual(['one', 'PING'])
  })

  it('gives up a line in the end on a link that answers no PING at all', async () => {
    answeredPingMs = -1
    answersInMs = undefined
    const sent = outbox.send(line('one'), wanted())
    await clock.advance(70_000)
    await expect(sent).resolves.toEqual({ kind: 'sent', inDoubt: true })
  })

  it('lets a channel that must wait hold up no other', async () => {
    const all = sendAll([line('one'), line('two'), line('three', 'there')])
    await settle()
    expect(texts()).toEqual(['one', 'three'])
    await clock.advance(1100)
    await all
  })

  it('lets a line that repeats another wait, and those behind it pass', async () => {
    const all = sendAll([line('same'), line('same'), line('other')])
    await clock.advance(30_500)
    await all
    expect(written.map(({ atMs }) => atMs)).toEqual([0, 1100, 30_500])
    expect(texts()).toEqual(['same', 'other', 'same'])
  })

  it('gives every channel its turn when the allowance of the account is spent', async () => {
    const names = Array.from({ length: 30 }, (_, place) => `c${place}`)
    const all = sendAll(names.flatMap((name) => [line('one', name), line('two', name)]))
    for (const name of names) joined.add(name)
    outbox.wake()
    await clock.advance(30_499)
    expect(written).toHaveLength(20)
    await clock.advance(1)
    expect(written).toHaveLength(40)
    expect(new Set(written.slice(0, 30).map(({ raw }) => /#\w+/.exec(raw)?.[0])).size).toBe(30)
    await clock.advance(30_500)
    await all
  })

  it('keeps a line while the bot is not in the channel, and writes it when it is back', async () => {
    joined.clear()
    const sent = outbox.send(line('hello'), wanted())
    await clock.advance(600_000)
    expect(written).toEqual([])
    expect(outbox.pending).toBe(1)
    joined.add('here')
    outbox.wake()
    await sent
    expect(texts()).toEqual(['hello'])
  })

  it('drops a line whose signal is aborted, with its reason, and no other', async () => {
    joined.clear()
    const aborting = new AbortController()
    const dropped = outbox.send(line('dropped'), wanted(aborting.signal))
    const kept = outbox.send(line('kept'), wanted())
    aborting.abort(new Error('withdrawn'))
    await expect(dropped).rejects.toThrow('withdrawn')
    await expect(outbox.send(line('late'), wanted(aborting.signal))).rejects.toThrow('withdrawn')
    joined.add('here')
    outbox.wake()
    await kept
    expect(texts()).toEqual(['kept'])
  })

  it('leaves a line in doubt that is taken back after a write of unknown fate, and says it no more', async () => {
    answersInMs = undefined
    const aborting = new AbortController()
    const inFlight: boolean[] = []
    const sent = outbox.send(line('maybe'), {
      ...wanted(aborting.signal),
      inFlight: (isInFlight) => inFlight.push(isInFlight),
    })
    aborting.abort(new Error('withdrawn'))
    // Written already: only its answer could tell.
    await clock.advance(5500)
    await expect(sent).resolves.toEqual({ kind: 'sent', inDoubt: true })
    expect(texts()).toEqual(['maybe', 'PING'])
    expect(inFlight).toEqual([true])
  })

  it('leaves a line in doubt that is taken back while it waits to be repeated', async () => {
    answersInMs = undefined
    const aborting = new AbortController()
    const sent = outbox.send(line('maybe'), wanted(aborting.signal))
    joined.clear()
    outbox.delivery.cut(connection)
    aborting.abort(new Error('withdrawn'))
    await expect(sent).resolves.toEqual({ kind: 'sent', inDoubt: true })
    expect(outbox.pending).toBe(0)
  })

  it('refuses an unsafe line and goes on', async () => {
    await expect(outbox.send(line('a\r\nQUIT'), wanted())).rejects.toMatchObject({ code: 'reply-failed' })
    await outbox.send(line('fine'), wanted())
    expect(texts()).toEqual(['fine'])
  })

  it('refuses what is left when it is stopped, and leaves no timer behind', async () => {
    await outbox.send(line('one'), wanted())
    const left = outbox.send(line('two'), wanted())
    outbox.stop()
    outbox.stop()
    await expect(left).rejects.toMatchObject({ code: 'stopping' })
    await expect(outbox.send(line('three'), wanted())).rejects.toMatchObject({ code: 'stopping' })
    expect(clock.pendingTimers).toBe(0)
  })

  it('stays whole when a listener of "line:written" sends the next line', async () => {
    let isFirst = true
    let next: Promise<unknown> = Promise.resolve()
    events.on('line:written', () => {
      if (isFirst) next = outbox.send(line('second'), wanted())
      isFirst = false
    })
    await outbox.send(line('first'), wanted())
    await clock.advance(1100)
    await next
    expect(texts()).toEqual(['first', 'second'])
    expect(clock.pendingTimers).toBe(0)
  })
})
