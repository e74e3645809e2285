import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { SECOND, systemClock } from '../../../src/clock.js'
import type { Reader } from '../../../src/control-room/web/route.js'
import { SectionStream } from '../../../src/control-room/web/section-stream.js'
import { choruses } from '../../integration/chorus-fixture.js'
import { AT_ONCE, ask as askBot } from '../../integration/questions.js'
import { ManualClock } from '../../support/manual-clock.js'
import { PacedClock } from '../../support/paced-clock.js'
import { ask, BEARER, rooms } from '../room-fixture.js'

const AT = { path: '/api/events', access: 'room' } as const
/** What is told of the time, so many seconds after a manual clock has begun. */
const timeAt = (seconds: number) => `event: clock\ndata: {"nowMs":${WALL_MS + seconds * SECOND}}\n\n`

/** The other end of a stream, which takes what it is told to. */
class FakeReader implements Reader {
  readonly written: string[] = []
  isDestroyed = false
  isEnded = false
  writableNeedDrain = false
  isStuck = false
  readonly #listeners = new Map<string, () => void>()

  write(text: string): boolean {
    this.written.push(text)
    this.writableNeedDrain = this.isStuck
    return !this.isStuck
  }
  end(): void {
    this.isEnded = true
  }
  destroy(): void {
    this.isDestroyed = true
  }
  on(event: string, listener: () => void): void {
    this.#listeners.set(event, listener)
  }
  close(): void {
    this.#listeners.get('close')?.()
  }
  get snapshots(): string[] {
    return this.written.filter((text) => text.includes('event: status\ndata: '))
  }
  /** Of the last write, the names of what it tells. */
  get lastTold(): string[] {
    return Array.from((this.written.at(-1) ?? '').matchAll(/^event: (.*)$/gm), ([, name = '']) => name)
  }
}

const WALL_MS = Date.UTC(2026, 0, 1)

/** A stream of a status that changes a thousand times a second, or not at all. */
function streaming({ isBusy = true } = {}) {
  const clock = new ManualClock()
  const faults: unknown[] = []
  let taken = 0
  const stream = new SectionStream({
    ...AT,
    clock,
    sections: {
      status: () => {
        taken += 1
        return { at: isBusy ? clock.now() : 0 }
      },
    },
    fault: (error) => faults.push(error),
  })
  return { clock, stream, faults, taken: () => taken }
}

describe('a reader of the status', () => {
  test('has it at once, and then at most ten times a second', async () => {
    const { clock, stream } = streaming()
    const reader = new FakeReader()
    stream.open(reader)
    expect(reader.written).toEqual([
      `event: clock\ndata: {"nowMs":${WALL_MS}}\n\nevent: status\ndata: {"at":0}\n\n`,
    ])
    await clock.advance(SECOND)
    expect(reader.snapshots).toHaveLength(11)
  })

  test('gets nothing while nothing changes, but a sign of life now and then', async () => {
    const { clock, stream } = streaming({ isBusy: false })
    const reader = new FakeReader()
    stream.open(reader)
    await clock.advance(25 * SECOND)
    expect(reader.snapshots).toHaveLength(1)
    expect(reader.written.slice(1)).toEqual([timeAt(10), timeAt(20)])
  })

  test('shares each snapshot with all others: it is made once for fifty', async () => {
    const { clock, stream, taken } = streaming()
    for (let n = 0; n < 50; n++) stream.open(new FakeReader())
    const before = taken()
    await clock.advance(SECOND)
    expect(taken() - before).toBe(10)
  })

  test('that is slow has one snapshot kept for it, and the newest one next', async () => {
    const { clock, stream } = streaming()
    const reader = new FakeReader()
    stream.open(reader)
    reader.isStuck = true
    await clock.advance(5 * SECOND)
    expect(reader.snapshots).toHaveLength(2)
    Object.assign(reader, { isStuck: false, writableNeedDrain: false })
    await clock.advance(100)
    expect(reader.snapshots.at(-1)).toContain('{"at":5100}')
    expect(reader.isDestroyed).toBe(false)
  })

  test('that takes nothing for ten seconds is cut off, and the others are not', async () => {
    const { clock, stream } = streaming()
    const [slow, other] = [new FakeReader(), new FakeReader()]
    for (const reader of [slow, other]) stream.open(reader)
    slow.isStuck = true
    await clock.advance(10 * SECOND)
    expect(slow.isDestroyed).toBe(false)
    await clock.advance(200)
    expect([slow.isDestroyed, other.isDestroyed]).toEqual([true, false])
    expect(other.snapshots.length).toBeGreaterThan(100)
  })

  test('that has gone costs nothing any more', async () => {
    const { clock, stream, taken } = streaming()
    const reader = new FakeReader()
    stream.open(reader)
    reader.close()
    const before = taken()
    await clock.advance(SECOND)
    expect([taken(), clock.pendingTimers]).toEqual([before, 0])
    stream.open(new FakeReader())
    await clock.advance(SECOND)
    expect(taken()).toBeGreaterThan(before)
  })

  test('one more than a hundred is refused, until another one goes', () => {
    const { stream } = streaming()
    const readers = Array.from({ length: 100 }, () => new FakeReader())
    for (const reader of readers) {
      expect(stream.route.refuse()).toBeUndefined()
      stream.open(reader)
    }
    expect(stream.route.refuse()).toMatchObject({ status: 503, error: 'too-many-readers' })
    readers[0]?.close()
    expect(stream.route.refuse()).toBeUndefined()
    stream.stop()
  })

  test('has how it stands at the stop, which then ends it, leaves no timer and takes nobody in', async () => {
    const { clock, stream } = streaming()
    const [reader, late] = [new FakeReader(), new FakeReader()]
    stream.open(reader)
    await clock.advance(50)
    stream.stop()
    expect(reader.written.at(-1)).toBe('event: status\ndata: {"at":50}\n\n')
    stream.stop()
    stream.open(late)
    expect([reader.isEnded, late.isDestroyed, clock.pendingTimers]).toEqual([true, true, 0])
  })

  test('is cut off by the stop where it has not taken what was told before', () => {
    const { stream } = streaming()
    const reader = new FakeReader()
    reader.isStuck = true
    stream.open(reader)
    stream.stop()
    expect([reader.isEnded, reader.isDestroyed, reader.written.length]).toEqual([false, true, 1])
  })

  test('that comes later has at once what the others have, in one write', async () => {
    const { clock, stream, taken } = streaming()
    stream.open(new FakeReader())
    await clock.advance(50)
    const before = taken()
    const reader = new FakeReader()
    stream.open(reader)
    expect(reader.written).toEqual([
      `event: clock\ndata: {"nowMs":${WALL_MS + 50}}\n\nevent: status\ndata: {"at":0}\n\n`,
    ])
    expect(taken()).toBe(before)
    stream.stop()
  })
})

describe('a stream of several sections', () => {
  /** Values that a test sets, told under their names. */
  function sectioned<Name extends string>(values: Record<Name, unknown>) {
    const clock = new ManualClock()
    const faults: unknown[] = []
    const calls: string[] = []
    const make = (name: Name) => () => {
      calls.push(name)
      const value = values[name]
      if (value instanceof Error) throw value
      return value
    }
    const names = Object.keys(values) as Name[]
    const sections = Object.fromEntries(names.map((name) => [name, make(name)]))
    const stream = new SectionStream({ ...AT, clock, sections, fault: (error) => faults.push(error) })
    const reader = new FakeReader()
    stream.open(reader)
    return { calls, clock, faults, reader, stream, values }
  }

  test('tells all of them at first, in their order, after the time', () => {
    const { reader } = sectioned({ about: { a: 1 }, glance: { b: 2 } })
    expect(reader.written).toEqual([
      `event: clock\ndata: {"nowMs":${WALL_MS}}\n\nevent: about\ndata: {"a":1}\n\nevent: glance\ndata: {"b":2}\n\n`,
    ])
  })

  test('then tells only what has changed, all of a frame in one write', async () => {
    const { clock, reader, values } = sectioned<string>({ about: 1, glance: 1, lines: 1 })
    Object.assign(values, { glance: 2, lines: 2 })
    await clock.advance(SECOND)
    expect(reader.written.slice(1)).toEqual(['event: glance\ndata: 2\n\nevent: lines\ndata: 2\n\n'])
  })

  test('makes each section once per frame, however many read', async () => {
    const { calls, clock, stream } = sectioned({ about: 1, glance: 1 })
    for (let n = 0; n < 20; n++) stream.open(new FakeReader())
    calls.length = 0
    await clock.advance(100)
    expect(calls).toEqual(['about', 'glance'])
  })

  test('looks no second time into what is the identical object', async () => {
    let looks = 0
    const lines = { toJSON: () => ++looks }
    const { clock, values } = sectioned<string>({ lines })
    await clock.advance(SECOND)
    expect(looks).toBe(1)
    values.lines = { ...lines }
    await clock.advance(SECOND)
    expect(looks).toBe(2)
  })

  test('keeps one line of data, whatever is in it', () => {
    const { reader } = sectioned({ lines: ['a\nevent: status\r\n\ndata: x'] })
    expect(reader.lastTold).toEqual(['clock', 'lines'])
    expect(reader.written[0]?.trimEnd().split(/\r\n|\r|\n/)).toHaveLength(5)
  })

  test('leaves out a section that is not there', () => {
    expect(sectioned({ about: 1, demo: undefined }).reader.lastTold).toEqual(['clock', 'about'])
  })

  test('has its readers keep what can’t be told, which is one fault until it can be told again', async () => {
    const { clock, faults, reader, stream, values } = sectioned<string>({ about: 1, glance: 1 })
    Object.assign(values, { about: 2, glance: new Error('no glance') })
    await clock.advance(SECOND)
    expect(reader.written.slice(1)).toEqual(['event: about\ndata: 2\n\n'])
    expect(faults).toHaveLength(1)
    const late = new FakeReader()
    stream.open(late)
    expect(late.written[0]).toContain('event: glance\ndata: 1\n\n')
    for (const glance of [3, new Error('again')]) {
      values.glance = glance
      await clock.advance(100)
    }
    expect(reader.written.at(-1)).toBe('event: glance\ndata: 3\n\n')
    expect(faults).toHaveLength(2)
    stream.stop()
  })

  test('greets with the time though nothing can be told', () => {
    expect(sectioned({ about: new Error('nothing') }).reader.lastTold).toEqual(['clock'])
  })
})

describe('/api/events', () => {
  const start = choruses()
  const open = rooms()
  const sockets: Socket[] = []
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })

  /** A browser's stream, read as it comes, until `holds`. */
  async function read(url: string, holds: (text: string) => boolean): Promise<Response> {
    const abort = new AbortController()
    const response = await fetch(`${url}api/events`, { headers: BEARER, signal: abort.signal })
    let text = ''
    const decoder = new TextDecoder()
    for await (const part of response.body ?? []) {
      text += decoder.decode(part, { stream: true })
      if (holds(text)) break
    }
    abort.abort()
    return response
  }

  test('tells of what changes in chat, under the headers of every answer', async () => {
    const fixture = await start({ ...AT_ONCE, bots: ['ava'] })
    const { url } = await open({ chorus: fixture.chorus })
    let isAsked = false
    const response = await read(url, (text) => {
      if (!isAsked) askBot(fixture)
      isAsked = true
      return text.includes('"outcomes":{"sent":1')
    })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('is no stream for a question after its headers alone', async () => {
    const { url } = await open()
    expect((await ask(`${url}api/events`, { method: 'HEAD', headers: BEARER })).status).toBe(404)
  })

  test('closes a real socket that is not read, with little kept for it', async () => {
    const snapshot = 'x'.repeat(1_000_000)
    let frames = 0
    const status = () => ({ frame: frames++, snapshot })
    const stream = new SectionStream({
      ...AT,
      clock: new PacedClock(20),
      sections: { status },
      fault: () => {},
    })
    const cut = new Promise<void>((resolve) => {
      const server = createServer((_request, response) => {
        response.on('close', () => server.close(() => resolve()))
        stream.open(response)
      })
      server.listen(0, '127.0.0.1', () => {
        const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
        sockets.push(socket)
        socket.on('error', () => {})
        socket.pause()
        socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
      })
    })
    await cut
    const [socket] = sockets
    socket?.resume()
    await new Promise((resolve) => socket?.once('close', resolve))
    expect(frames).toBeGreaterThan(10)
    expect((socket?.bytesRead ?? 0) / snapshot.length).toBeLessThan(frames / 2)
  })

  test('brings the last state over a real socket, however long it is', async () => {
    let told = 'begun'
    const sections = { status: () => told }
    const stream = new SectionStream({ ...AT, clock: systemClock(), sections, fault: () => {} })
    const server = createServer((_request, response) => stream.open(response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    told = 'x'.repeat(100_000)
    stream.stop()
    expect(await response.text()).toContain(told)
    server.close()
  })

  test('with readers that are open ends with the stop, and does not hold it', async () => {
    const room = await open()
    const readers = Array.from({ length: 5 }, () => fetch(`${room.url}api/events`, { headers: BEARER }))
    const responses = await Promise.all(readers)
    const startedMs = performance.now()
    await room.stop()
    // Later it would cut them off anyway.
    expect(performance.now() - startedMs).toBeLessThan(5 * SECOND)
    for (const response of responses) expect(await response.text()).toMatch(/^event: clock\n/)
  })
})
