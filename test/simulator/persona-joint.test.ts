import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/random.js'
import type { JointFault } from '../../src/simulator/joint-faults.js'
import { composeAnswer } from '../../src/simulator/persona-joint.js'
import { ask, modelServers, textOf } from '../support/model-server.js'

const STICKY = 'You are a swaggering patriot of the American Revolution, a stick figure full of glue.'
const startModel = modelServers()

const promptFor = (rows: readonly string[], units = 55) =>
  [
    ...['<chat>', 'dan: hello', '</chat>', 'Answer these people at once:', '<lines>', ...rows, '</lines>'],
    `Write lines, each answer at most ${units} characters, in this form:`,
    'ann: your answer',
  ].join('\n')

const PROMPT = promptFor([
  '1. ann: who are they?',
  '1. ann: why?',
  '2. bob: do you like pizza?',
  '3. cid: hi',
])

describe('the built-in model, asked by several viewers at once', () => {
  it('answers each of them once, in one short harmless row', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 }).map((some) => some.replace(/[\n<]/g, ''))
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 10, max: 150 }),
        fc.integer(),
        (texts, units, seed) => {
          const prompt = promptFor(
            texts.map((some, at) => `${at + 1}. viewer${at}: ${some}`),
            units,
          )
          const { line, rows } = composeAnswer({ system: STICKY, prompt }, seededRandom(seed))
          expect(rows?.map(({ name }) => name)).toEqual(texts.map((_, at) => `viewer${at}`))
          for (const row of rows ?? []) {
            expect(row.text).not.toBe('')
            expect(row.text.length).toBeLessThanOrEqual(units)
            expect(row.text).not.toMatch(/[\r\n@{}\p{Cc}\p{Cf}]|https?:|^[/.\\!]/u)
          }
          expect(line).toBe(rows?.map((row) => `${row.name}: ${row.text}`).join('\n'))
        },
      ),
    )
  })

  it('speaks as the persona, on what each has asked first', () => {
    const answers = Array.from({ length: 100 }, (_, seed) =>
      composeAnswer({ system: STICKY, prompt: PROMPT }, seededRandom(seed)),
    )
    const said = answers.map(({ rows = [] }) => rows.map(({ text }) => text))
    expect(said.every((texts) => texts.length === 3)).toBe(true)
    expect(said.filter(([, bob]) => /pizza/i.test(bob ?? '')).length).toBeGreaterThan(20)
    expect(said.some(([ann]) => /pizza/i.test(ann ?? ''))).toBe(false)
    expect(new Set(said.flat()).size).toBeGreaterThan(40)
  })

  it('ends each row with a sentence, or with a sign that it was cut', () => {
    const rows = Array.from({ length: 200 }, (_, seed) => {
      const prompt = promptFor(['1. ann: why?', '2. bob: do you like pizza?'], seed % 2 ? 20 : 44)
      return composeAnswer({ system: STICKY, prompt }, seededRandom(seed)).rows ?? []
    })
    const texts = rows.flat().map(({ text }) => text)
    expect(texts).toHaveLength(400)
    expect(texts.filter((text) => !/[.!?…]$/.test(text))).toEqual([])
    expect(texts.filter((text) => text.endsWith('…')).length).toBeGreaterThan(20)
    expect(texts.filter((text) => /[ ,;:]…$/.test(text))).toEqual([])
  })

  it('answers one viewer as ever, also where somebody writes of markers', () => {
    const prompt = '<line>\nann: what is ‹lines>?\n</line>'
    expect(composeAnswer({ system: STICKY, prompt }, seededRandom(1)).rows).toBeUndefined()
  })

  it.each<[JointFault, RegExp]>([
    ['missing', /^ann: .+\ncid: .+$/],
    ['doubled', /^ann: .+\nbob: .+\ncid: .+\nann: .+$/],
    ['invented', /^ann: .+\nnobody_asked: .+\nbob: .+\ncid: .+$/],
    ['shuffled', /^cid: .+\nbob: .+\nann: .+$/],
    ['json', /^```json\n\{\n {2}"ann": ".+",\n {2}"bob": ".+",\n {2}"cid": ".+"\n\}\n```$/],
    ['prose', /^[^@\n]+ @ann [^@\n]+ @bob [^@\n]+ @cid [^@\n]+$/],
    ['garbage', /^(?!.*(?:ann|bob|cid)).+\n.+$/s],
  ])('can be made to get it wrong: %s', async (how, shape) => {
    const model = await startModel()
    model.script({ kind: 'joint', how }, { kind: 'joint', how })
    const messages = [{ role: 'user', content: PROMPT }]
    expect(await textOf(await ask(model, { model: 'built-in', messages }))).toMatch(shape)
    // Asked by one viewer it has nothing to get wrong.
    expect(await textOf(await ask(model))).toMatch(/^[^\n]+$/)
  })
})
