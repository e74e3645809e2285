import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChorusError } from '../../src/errors.js'
import { isSilent, parseCompletion } from '../../src/reply/completion.js'
import { cpuMs } from '../support/cpu-time.js'

const answerOf = (message: unknown, rest: object = {}) => ({ choices: [{ message, ...rest }] })

describe('parseCompletion', () => {
  it('joins content that comes in parts', () => {
    const content = [{ type: 'text', text: 'ahoy ' }, { type: 'image' }, { type: 'text', text: 'you' }]
    expect(parseCompletion(answerOf({ content }))).toEqual({ text: 'ahoy you', finish: 'stop', tokens: 0 })
  })

  it('takes a refusal in place of a text for a refused prompt', () => {
    const answer = answerOf({ content: null, refusal: 'I can’t help with that' })
    expect(() => parseCompletion(answer)).toThrow(expect.objectContaining({ code: 'model-refused-prompt' }))
  })

  it('takes whatever comes: a completion or a ChorusError that quotes nothing of it', () => {
    const shape = fc.oneof(
      fc.jsonValue(),
      fc.anything(),
      fc.anything().map((message) => answerOf(message)),
    )
    fc.assert(
      fc.property(shape, (answer) => {
        try {
          expect(parseCompletion(answer).text).toBeTypeOf('string')
        } catch (error) {
          expect(error).toBeInstanceOf(ChorusError)
        }
      }),
    )
  })
})

describe('isSilent', () => {
  it.each([
    ['', true],
    [' \n', true],
    ['<think>hm</think>', true],
    ['<think>hm</think>\n<think>hm</think>', true],
    ['<think>cut off by the lim', true],
    ['begun by the template</think>', true],
    ['<THINKING>hm</THINKING>', true],
    ['<think>hm</think> ahoy', false],
    ['begun by the template</think> ahoy', false],
    ['ahoy <think>cut off', false],
    ['ahoy', false],
    ['<think '.repeat(3), false],
  ])('%j: %s', (text, expected) => {
    expect(isSilent(text)).toBe(expected)
  })

  it('reads the longest answer in one pass, however many blocks it opens', () => {
    const tookMs = cpuMs(() => expect(isSilent('<think>'.repeat(37_000))).toBe(true))
    expect(tookMs).toBeLessThan(1000)
  })
})
