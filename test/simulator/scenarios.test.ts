import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/random.js'
import {
  disconnects,
  everybodyAnswer,
  later,
  lineFlood,
  mixedChat,
  questionBurst,
  quietChat,
  raid,
  type Scenario,
  threeAtOnce,
  together,
  viewerFlood,
} from '../../src/simulator/scenarios.js'
import { chatterLine, commandLine, questionText } from '../../src/simulator/viewer-lines.js'
import { viewerName } from '../../src/simulator/viewers.js'

const BOTS = ['ava', 'ben', 'cleo', 'dot', 'eve']

function everyScenario(seed: number): Readonly<Record<string, Scenario>> {
  const input = { seed, channel: 'chan', bots: BOTS, bot: 'ava' }
  return {
    quiet: quietChat({ ...input, lastsMs: 60_000 }),
    mixed: mixedChat({ ...input, lastsMs: 60_000, linesPerSecond: 3 }),
    burst: questionBurst(input),
    everybody: everybodyAnswer(input),
    three: threeAtOnce(input),
    raid: raid({ ...input, viewers: 100, overMs: 5000 }),
    flood: viewerFlood({ ...input, lines: 50, overMs: 5000 }),
    lines: lineFlood({ ...input, linesPerSecond: 200, lastsMs: 2000 }),
    faults: disconnects({ ...input, everyMs: 20_000 }),
  }
}

const lines = (scenario: Scenario) =>
  scenario.flatMap(({ atMs, action }) => (action.kind === 'say' ? [{ atMs, ...action }] : []))
const mentions = (text: string) => BOTS.filter((bot) => text.includes(`@${bot}`))

describe('a scenario', () => {
  it('is the same for the same seed, another for another, and always in order of time', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const scenarios = everyScenario(seed)
        expect(everyScenario(seed)).toEqual(scenarios)
        expect(everyScenario(seed + 1).mixed).not.toEqual(scenarios.mixed)
        for (const scenario of Object.values(scenarios)) {
          const moments = scenario.map(({ atMs }) => atMs)
          expect(moments).toEqual(moments.toSorted((a, b) => a - b))
          expect(Math.min(...moments)).toBeGreaterThanOrEqual(0)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('never leaves a gap in a line unfilled, nor a line too long for chat', () => {
    for (let seed = 0; seed < 50; seed++) {
      for (const { text } of Object.values(everyScenario(seed)).flatMap(lines)) {
        expect(text).not.toMatch(/[{}]|undefined|\s{2}/)
        expect(text.length).toBeLessThanOrEqual(300)
      }
    }
  })

  it('can be put together with others and moved in time', () => {
    const burst = questionBurst({ seed: 1, channel: 'chan', bot: 'ava' })
    const both = together(later(burst, 1000), burst)
    expect(both).toHaveLength(10)
    expect(both.map(({ atMs }) => atMs)).toEqual(
      [...burst.map(({ atMs }) => atMs), ...burst.map(({ atMs }) => atMs + 1000)].sort((a, b) => a - b),
    )
  })
})

describe('what happens', () => {
  it('in a burst: five viewers ask one bot within two seconds', () => {
    const asked = lines(everyScenario(1).burst ?? [])
    expect(asked).toHaveLength(5)
    expect(new Set(asked.map(({ viewer }) => viewer)).size).toBe(5)
    for (const { atMs, text } of asked) {
      expect(atMs).toBeLessThan(2000)
      expect(mentions(text)).toEqual(['ava'])
    }
  })

  it('when everybody is called: one line with all the names', () => {
    expect(lines(everyScenario(1).everybody ?? []).map(({ text }) => mentions(text))).toEqual([BOTS])
  })

  it('when three ask at once: three viewers, three bots, 200 ms', () => {
    const asked = lines(everyScenario(1).three ?? [])
    expect(asked.flatMap(({ text }) => mentions(text))).toEqual(['ava', 'ben', 'cleo'])
    expect(asked.every(({ atMs }) => atMs < 200)).toBe(true)
  })

  it('in a raid: the announcement, then one question by each raider, shared out over the bots', () => {
    const scenario = everyScenario(1).raid ?? []
    expect(scenario[0]).toMatchObject({ atMs: 0, action: { kind: 'raid', viewers: 100 } })
    const asked = lines(scenario)
    expect(new Set(asked.map(({ viewer }) => viewer)).size).toBe(100)
    for (const bot of BOTS) {
      expect(asked.filter(({ text }) => mentions(text).join() === bot)).toHaveLength(20)
    }
  })

  it('in a flood: one viewer, no line twice', () => {
    const asked = lines(everyScenario(1).flood ?? [])
    expect(new Set(asked.map(({ viewer }) => viewer)).size).toBe(1)
    expect(new Set(asked.map(({ text }) => text)).size).toBe(50)
  })

  it('in mixed chat: mentions, chatter, commands and other bots all occur', () => {
    const texts = lines(
      mixedChat({ seed: 2, channel: 'chan', bots: BOTS, lastsMs: 300_000, linesPerSecond: 3 }),
    )
    expect(texts.some(({ text }) => mentions(text).length === 1)).toBe(true)
    expect(texts.some(({ text }) => mentions(text).length === 5)).toBe(true)
    expect(texts.some(({ text }) => text.startsWith('!'))).toBe(true)
    expect(texts.some(({ viewer }) => viewer === 'Nightbot')).toBe(true)
    expect(texts.filter(({ text }) => mentions(text).length === 0).length).toBeGreaterThan(500)
  })
})

describe('viewers', () => {
  it('have names that are different, valid on Twitch, and stay the same', () => {
    const names = Array.from({ length: 3000 }, (_, index) => viewerName(index))
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(3000)
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9]{4,25}$/)
    expect(viewerName(7)).toBe(names[7])
  })

  it('say many different things', () => {
    const random = seededRandom(5)
    const kinds = (line: () => string) => new Set(Array.from({ length: 1000 }, line)).size
    expect(kinds(() => chatterLine(random))).toBeGreaterThan(300)
    expect(kinds(() => questionText(random))).toBeGreaterThan(200)
    expect(kinds(() => commandLine(random))).toBeGreaterThan(6)
  })
})
