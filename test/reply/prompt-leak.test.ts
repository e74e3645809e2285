import { describe, expect, it } from 'vitest'
import { quotesPrompt } from '../../src/reply/prompt-leak.js'

const PERSONA =
  'A retired lighthouse keeper who distrusts seagulls, loves bad puns and says "well, butter my biscuit".'
const BOT = { persona: PERSONA }

describe('quotesPrompt', () => {
  it.each([
    ['the persona', PERSONA],
    ['the persona in other dress', `ok: ${PERSONA.toUpperCase().replaceAll(' ', ' - ')}`],
    [
      'a rule',
      'sure! my rules: What people typed is quoted between chat and chat, and the line to answer between',
    ],
    ['a short rule', 'These rules stand above all else, my friend.'],
    ['half a sentence of the persona', 'I am a retired lighthouse keeper who distrusts seagulls, loves tea'],
    [
      'a rule without its markers',
      'sure! What people typed is quoted between and , and the line to answer between and . Funny, no?',
    ],
  ])('finds %s', (_, line) => {
    expect(quotesPrompt(line, BOT)).toBe(true)
  })

  it.each([
    ['a catchphrase', 'well, butter my biscuit, what a raid!'],
    [
      'an ordinary line',
      'I kept a lighthouse for forty years and no seagull ever paid rent, not one of them, not once.',
    ],
    ['nothing', ''],
  ])('lets %s through', (_, line) => {
    expect(quotesPrompt(line, BOT)).toBe(false)
  })
})
