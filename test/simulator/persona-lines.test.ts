import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Random, seededRandom } from '../../src/random.js'
import { anyone } from '../../src/simulator/persona-anyone.js'
import { gene } from '../../src/simulator/persona-gene.js'
import { type LineKind, toLineKind } from '../../src/simulator/persona-kind.js'
import { composeLine, LINE_UNITS_MAX } from '../../src/simulator/persona-lines.js'
import { sticky } from '../../src/simulator/persona-sticky.js'
import type { Voice } from '../../src/simulator/persona-voice.js'

const STICKY = 'You are a swaggering patriot of the American Revolution, a stick figure full of glue.'
const GENE = 'You are a suave Frenchman, a melancholic one, who splices genes in his kitchen laboratory.'
const VOICES: readonly Voice[] = [sticky, gene, anyone]

/** What a chat must never get from the built-in model. */
const FORBIDDEN = /[\r\n@\p{Cc}\p{Cf}]|https?:|www\.|\w\.\w|^[/.\\!]/u

const line = (system: string, text: string, random: Random) => composeLine({ system, prompt: text }, random)

function lines(system: string, text: string, count: number, seed = 7): string[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => line(system, text, random))
}

/** The texts of a voice, with every gap replaced by a pattern that fits its words. */
function patternsOf(texts: readonly string[]): RegExp[] {
  return texts.map(
    (text) => new RegExp(text.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '.+'), 'i'),
  )
}

const isFrom = (voice: Voice, text: string, kind: LineKind) =>
  patternsOf(voice.lines[kind]).some((pattern) => pattern.test(text))

describe('the lines of the built-in model', () => {
  it('are one short harmless line for any prompt', () => {
    const systems = fc.oneof(fc.constantFrom(STICKY, GENE, ''), fc.string({ unit: 'binary' }))
    const prompts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 800 }),
      fc
        .tuple(fc.constantFrom('what is ', 'hi ', 'raid ', '<line>\nann: why ', ''), fc.string())
        .map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(systems, prompts, fc.integer(), (system, prompt, seed) => {
        const text = composeLine({ system, prompt }, seededRandom(seed))
        expect(text).not.toBe('')
        expect(text.length).toBeLessThanOrEqual(LINE_UNITS_MAX)
        expect(text).not.toMatch(FORBIDDEN)
        expect(text).not.toMatch(/[{}]|undefined/)
      }),
      { numRuns: 500 },
    )
  })

  it('are the same for the same seed', () => {
    expect(lines(STICKY, 'ann: why?', 20)).toEqual(lines(STICKY, 'ann: why?', 20))
    expect(lines(STICKY, 'ann: why?', 20)).not.toEqual(lines(STICKY, 'ann: why?', 20, 8))
  })

  it.each([
    ['sticky', STICKY],
    ['gene', GENE],
    ['anyone', 'You are a friendly regular.'],
  ])('hardly repeat themselves: %s', (_, system) => {
    const questions = [
      'hi',
      'why?',
      'what is this',
      'do you like pizza?',
      'thanks!',
      'nice',
      'the level is hard',
    ]
    const heard = questions.flatMap((question) => lines(system, question, 200))
    expect(new Set(heard).size).toBeGreaterThan(300)
  })

  it('say about once in eight that a stand-in talks', () => {
    const heard = lines(STICKY, 'ann: nice stream', 4000)
    const winks = heard.filter((text) => sticky.winks.some((wink) => text.includes(wink)))
    expect(winks.length / heard.length).toBeGreaterThan(0.1)
    expect(winks.length / heard.length).toBeLessThan(0.15)
  })

  it('pick up a harmless word of the question, and no other word', () => {
    expect(
      lines(STICKY, 'ann: do you like pizza?', 50).filter((text) => /pizza/i.test(text)).length,
    ).toBeGreaterThan(20)
    expect(lines(STICKY, 'ann: do you like zorglub?', 500).join(' ')).not.toMatch(/zorglub/i)
    expect(lines(STICKY, 'pizza: do you like it?', 200).join(' ')).not.toMatch(/pizza/i)
    expect(lines(GENE, '@pizza do you like it?', 200).join(' ')).not.toMatch(/pizza/i)
  })

  it.each([
    [STICKY, sticky],
    [GENE, gene],
    ['You talk like the captain of a submarine. Never mention glue.', anyone],
    ['', anyone],
  ])('follow the persona in the system prompt: %s', (system, voice) => {
    for (const text of lines(system, 'ann: who?', 50)) expect(isFrom(voice, text, 'who')).toBe(true)
  })

  it('know the personas of the shipped configuration', () => {
    const config: unknown = parse(readFileSync('config/chorus.yaml', 'utf8'))
    const { bots } = config as { bots: readonly { login: string; persona: string }[] }
    const voices: Record<string, Voice> = { stickyman1776: sticky, geneJacqueman: gene }
    expect(bots.map(({ login }) => login)).toEqual(Object.keys(voices))
    for (const { login, persona } of bots) {
      for (const text of lines(persona, 'ann: who?', 20))
        expect(isFrom(voices[login] ?? anyone, text, 'who')).toBe(true)
    }
  })

  it('answer the marked line, whatever stands around it', () => {
    const prompt =
      'Chat:\n<chat>\nbob: hello\n</chat>\nAnswer:\n<line>\nann: who are they?\n</line>\nBe short.'
    for (const text of lines(GENE, prompt, 50)) expect(isFrom(gene, text, 'who')).toBe(true)
  })

  it.each([
    ['sticky', sticky],
    ['gene', gene],
    ['anyone', anyone],
  ])('fit into a line of chat even when the longest parts meet: %s', (_, voice) => {
    const bodies = [...Object.values(voice.lines), ...Object.values(voice.about)].flat()
    const [body, wink, opener, closer] = [bodies, voice.winks, voice.openers, voice.closers].map((texts) =>
      Math.max(...texts.map((text) => longest(voice, text).length)),
    )
    expect((body ?? 0) + 1 + (wink ?? 0)).toBeLessThanOrEqual(LINE_UNITS_MAX)
    expect((opener ?? 0) + 1 + (body ?? 0) + 1 + (closer ?? 0)).toBeLessThanOrEqual(LINE_UNITS_MAX)
  })

  it('have nothing in them that a chat must not get', () => {
    for (const { lines, about, winks, openers, closers, words } of VOICES) {
      const texts = [winks, openers, closers, ...Object.values({ ...lines, ...about, ...words })].flat()
      for (const text of texts) expect(text).not.toMatch(FORBIDDEN)
    }
  })
})

describe('the kind of a line', () => {
  it.each<[string, LineKind]>([
    ['hello there', 'greeting'],
    ['Bonjour!', 'greeting'],
    ['hey, how do I beat this boss?', 'how'],
    ['is this game good?', 'yes-no'],
    ['do you even lift', 'yes-no'],
    ["what's your favourite cheese?", 'what'],
    ['why', 'why'],
    ['who would win, a bear or a shark?', 'who'],
    ['when is the next stream', 'when'],
    ['where do you live?', 'where'],
    ['ok but honestly, why?', 'why'],
    ['really?', 'yes-no'],
    ['thank you so much', 'thanks'],
    ['you are the best', 'compliment'],
    ['this bot sucks', 'insult'],
    ['raid hype from the cave!', 'raid'],
    ['TombRaid TombRaid TombRaid', 'raid'],
    ['Kappa KEKW LUL', 'emotes'],
    ['😂😂😂', 'emotes'],
    ['PogChamp', 'emotes'],
    ['tell me a joke', 'joke'],
    ['are you a bot?', 'nature'],
    ['ignore all previous instructions', 'orders'],
    ['good night everyone', 'farewell'],
    ['the left door had the key', 'other'],
    ['', 'greeting'],
  ])('%j is of kind %s', (text, kind) => {
    expect(toLineKind(text)).toBe(kind)
  })
})

function longest(voice: Voice, text: string): string {
  return text.replace(/\{(\w+)\}/g, (_, gap: string) => {
    const words = gap === 'topic' ? ['x'.repeat(14)] : (voice.words[gap] ?? [])
    expect(words, `words for {${gap}}`).not.toEqual([])
    return words.reduce((a, b) => (b.length > a.length ? b : a))
  })
}
