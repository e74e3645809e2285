import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import { DemoChat } from '../../src/commands/demo-chat.js'
import { toBotLogin } from '../../src/domain.js'
import { seededRandom } from '../../src/random.js'
import type { ShownLine } from '../../src/simulator/shown-lines.js'
import { TwitchSimulator } from '../../src/simulator/twitch-simulator.js'
import { ManualClock } from '../support/manual-clock.js'

/** The demo's viewers on a clock that is moved by hand, and what they have said. */
function chatting() {
  const clock = new ManualClock()
  const twitch = new TwitchSimulator({ clock, random: seededRandom(1) })
  const lines: ShownLine[] = []
  twitch.onLine((line) => lines.push(line))
  const bots = ['ava', 'bob'].map(toBotLogin)
  const chat = new DemoChat({ twitch, clock, bots, channel: 'mychannel', seed: 7 })
  /** Lines that come within so many milliseconds. */
  const within = async (ms: number) => {
    const before = lines.length
    await clock.advance(ms)
    return lines.length - before
  }
  return { chat, clock, lines, within }
}

describe('the ambient chat', () => {
  test('goes on for ever, a line every two seconds', async () => {
    const { chat, within } = chatting()
    expect(chat.linesPerSecond).toBe(0.5)
    chat.start()
    for (let n = 0; n < 3; n++) {
      const lines = await within(10 * MINUTE)
      expect(lines).toBeGreaterThan(270)
      expect(lines).toBeLessThan(330)
    }
  })

  test('has another pace at once, in place of the one before', async () => {
    const { chat, within } = chatting()
    chat.start()
    await within(MINUTE)
    chat.setPace(20)
    expect(await within(100)).toBeGreaterThan(0)
    expect(await within(MINUTE)).toBeGreaterThan(1000)
    chat.setPace(0.5)
    expect(await within(MINUTE)).toBeLessThan(45)
  })

  test('falls silent at 0 with no timer left, and comes back', async () => {
    const { chat, clock, within } = chatting()
    chat.start()
    await within(MINUTE)
    chat.setPace(0)
    expect(await within(10 * MINUTE)).toBe(0)
    expect(clock.pendingTimers).toBe(0)
    chat.setPace(1)
    expect(await within(MINUTE)).toBeGreaterThan(30)
  })

  test.each([
    [0.01, 0.01],
    [0.005, 0.01],
    [0.004, 0],
    [5e-324, 0],
  ])('at %d lines per second is %d, and neither runs wild nor ends', async (pace, kept) => {
    const { chat, clock, within } = chatting()
    chat.start()
    chat.setPace(pace)
    expect(chat.linesPerSecond).toBe(kept)
    for (let n = 0; n < 2; n++) {
      const lines = await within(10 * 60 * MINUTE)
      expect(lines).toBeGreaterThanOrEqual(330 * kept * 100)
      expect(lines).toBeLessThanOrEqual(390 * kept * 100)
    }
    await chat.stop()
    expect(clock.pendingTimers).toBe(0)
  })

  test('does not begin before the start, whatever its pace', async () => {
    const { chat, within } = chatting()
    chat.setPace(5)
    expect(await within(MINUTE)).toBe(0)
    chat.start()
    expect(await within(MINUTE)).toBeGreaterThan(200)
  })

  test('is one, however often its pace is set', async () => {
    const { chat, clock } = chatting()
    chat.start()
    for (let n = 0; n < 100; n++) chat.setPace(n % 20)
    await clock.advance(1)
    expect(clock.pendingTimers).toBe(1)
  })
})

describe('scenes', () => {
  test('are a raid of a hundred, five questions to one bot, and a line that calls every bot', async () => {
    const { chat, clock, lines } = chatting()
    expect(chat.play('raid')).toBe(true)
    await clock.advance(10 * SECOND)
    expect(lines.map(({ isSystem }) => isSystem)).toEqual([true, ...Array(100).fill(false)])
    chat.play('questions')
    await clock.advance(10 * SECOND)
    const questions = lines.slice(101)
    expect([questions.length, new Set(questions.map(({ login }) => login)).size]).toEqual([5, 5])
    chat.play('everyone')
    expect(lines.at(-1)?.text).toMatch(/^@ava @bob /)
  })

  test('play five at once; a sixth begins when one is over', async () => {
    const { chat, clock, lines } = chatting()
    const begun = Array.from({ length: 6 }, () => chat.play('raid'))
    expect(begun).toEqual([true, true, true, true, true, false])
    await clock.advance(10 * SECOND)
    expect(lines).toHaveLength(5 * 101)
    expect(chat.play('raid')).toBe(true)
  })

  test('go on at any pace of the ambient chat', async () => {
    const { chat, clock, lines } = chatting()
    chat.start()
    chat.play('raid')
    chat.setPace(0)
    await clock.advance(10 * SECOND)
    expect(lines).toHaveLength(101)
  })
})

test('the stop ends all of it: nothing begins after it, and no timer is left', async () => {
  const { chat, clock, within } = chatting()
  chat.start()
  chat.play('raid')
  await clock.advance(SECOND)
  await chat.stop()
  await chat.stop()
  chat.setPace(20)
  chat.start()
  expect(chat.play('raid')).toBe(false)
  expect([await within(MINUTE), clock.pendingTimers]).toEqual([0, 0])
})
