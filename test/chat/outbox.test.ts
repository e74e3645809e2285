import { beforeEach, describe, expect, it } from 'vitest'
import { Outbox } from '../../src/chat/outbox.js'
import { type ChatLine, type ChatText, toBotLogin, toChannelName } from '../../src/domain.js'
import { ChorusEmitter } from '../../src/events.js'
import { ManualClock, settle } from '../support/manual-clock.js'

const never = () => new AbortController().signal
const line = (text: string, channel = 'here'): ChatLine => ({
  channel: toChannelName(channel),
  text: text as ChatText,
})

let clock: ManualClock
let written: { atMs: number; raw: string }[]
let joined: Set<string>
let outbox: Outbox
let events: ChorusEmitter
/** How long Twitch takes to answer a line; undefined: it never does. */
let answersInMs: number | undefined
/** When Twitch was last heard; undefined: it hears and answers a PING at once. */
let heardAtMs: number | undefined

beforeEach(() => {
  clock = new ManualClock()
  written = []
  joined = new Set(['here', 'there'])
  events = new ChorusEmitter()
  answersInMs = 0
  heardAtMs = undefined
  outbox = new Outbox({
    bot: toBotLogin('ava'),
    clock,
    events,
    heardAtMs: () => heardAtMs ?? clock.now(),
    askIfAlive: () => written.push({ atMs: clock.now(), raw: 'PING' }),
    write: (channel, raw) => {
      if (!joined.has(channel)) return false
      written.push({ atMs: clock.now(), raw })
      if (answersInMs === 0) queueMicrotask(() => outbox.answered(channel))
      else if (answersInMs !== undefined) clock.after(answersInMs, () => outbox.answered(channel))
      return true
    },
  })
})

const texts = () => written.map(({ raw }) => (raw.includes(' :') ? raw.slice(raw.indexOf(' :') + 2) : raw))
const sendAll = (lines: readonly ChatLine[]) => Promise.all(lines.map((each) => outbox.send(each, never())))

describe('Outbox', () => {
  it('writes a line at once where nothing stands in its way, and tells it', async () => {
    const told: string[] = []
    events.on('line:written', ({ bot, line: { text } }) => told.push(`${bot}: ${text}`))
    await expect(outbox.send(line('hello'), never())).resolves.toEqual({ kind: 'sent' })
    expect(written).toEqual([{ atMs: 0, raw: 'PRIVMSG #here :hello' }])
    expect(told).toEqual(['ava: hello'])
    expect(outbox.pending).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })

  it('keeps the order of a channel and its gap of 1.1 s', async () => {
    const all = sendAll([line('one'), line('two'), line('three')])
    expect(outbox.pending).toBe(2)
    expect(clock.pendingTimers).toBe(1)
    await clock.advance(2200)
    await all
    expect(written.map(({ atMs }) => atMs)).toEqual([0, 1100, 2200])
    expect(texts()).toEqual(['one', 'two', 'three'])
  })

  it('counts the gap from Twitch’s answer, so that a slow way can’t make two lines arrive too close', async () => {
    answersInMs = 700
    const all = sendAll([line('one'), line('two'), line('three', 'there')])
    await clock.advance(1799)
    expect(texts()).toEqual(['one', 'three'])
    await clock.advance(1)
    await all
    expect(texts()).toEqual(['one', 'three', 'two'])
  })

  it('goes on after five seconds without an answer', async () => {
    answersInMs = undefined
    const told: string[] = []
    events.on('line:unanswered', ({ channel }) => told.push(channel))
    const all = sendAll([line('one'), line('two')])
    await clock.advance(5000 + 1100)
    await all
    expect(written.map(({ atMs }) => atMs)).toEqual([0, 6100])
    expect(told).toEqual(['here'])
    outbox.stop()
    expect(clock.pendingTimers).toBe(0)
  })

  it('writes nothing more into a link that has gone silent, and goes on when Twitch is heard again', async () => {
    answersInMs = undefined
    heardAtMs = -1
    const all = sendAll([line('one'), line('two')])
    await clock.advance(60_000)
    expect(texts().filter((text) => text !== 'PING')).toEqual(['one'])
    expect(written.filter(({ raw }) => raw === 'PING')).toHaveLength(12)
    heardAtMs = clock.now()
    await clock.advance(5000 + 1100)
    await all
    expect(texts().filter((text) => text !== 'PING')).toEqual(['one', 'two'])
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
    expect(new Set(written.slice(0, 30).map(({ raw }) => raw.split(' ')[1])).size).toBe(30)
    await clock.advance(30_500)
    await all
  })

  it('keeps a line while the bot is not in the channel, and writes it when it is back', async () => {
    joined.clear()
    const sent = outbox.send(line('hello'), never())
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
    const dropped = outbox.send(line('dropped'), aborting.signal)
    const kept = outbox.send(line('kept'), never())
    aborting.abort(new Error('withdrawn'))
    await expect(dropped).rejects.toThrow('withdrawn')
    await expect(outbox.send(line('late'), aborting.signal)).rejects.toThrow('withdrawn')
    joined.add('here')
    outbox.wake()
    await kept
    expect(texts()).toEqual(['kept'])
  })

  it('refuses an unsafe line and goes on', async () => {
    await expect(outbox.send(line('a\r\nQUIT'), never())).rejects.toMatchObject({ code: 'reply-failed' })
    await outbox.send(line('fine'), never())
    expect(texts()).toEqual(['fine'])
  })

  it('refuses what is left when it is stopped, and leaves no timer behind', async () => {
    await outbox.send(line('one'), never())
    const left = outbox.send(line('two'), never())
    outbox.stop()
    outbox.stop()
    await expect(left).rejects.toMatchObject({ code: 'stopping' })
    await expect(outbox.send(line('three'), never())).rejects.toMatchObject({ code: 'stopping' })
    expect(clock.pendingTimers).toBe(0)
  })

  it('stays whole when a listener of "line:written" sends the next line', async () => {
    let isFirst = true
    let next: Promise<unknown> = Promise.resolve()
    events.on('line:written', () => {
      if (isFirst) next = outbox.send(line('second'), never())
      isFirst = false
    })
    await outbox.send(line('first'), never())
    await clock.advance(1100)
    await next
    expect(texts()).toEqual(['first', 'second'])
    expect(clock.pendingTimers).toBe(0)
  })
})
