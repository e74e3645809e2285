import { describe, expect, it } from 'vitest'
import { type Mention, toAnswers } from '../../bench/raid-answers.mjs'
import type { SendAttempt } from '../../src/simulator/twitch-ledger.js'

const asks = (id: string, login: string, bot: string, atMs: number): Mention => ({ id, login, bot, atMs })
const MENTIONS = [asks('m1', 'ann', 'ava', 0), asks('m2', 'bob', 'ava', 100), asks('m3', 'cid', 'ben', 200)]

let number = 0
const says = (account: string, atMs: number, text: string, replyParent?: string): SendAttempt => ({
  ...{ number: ++number, connection: 1, channel: 'here', isAction: false, verdict: 'delivered' },
  ...{ account, atMs, text },
  ...(replyParent !== undefined && { replyParent }),
})

describe('a viewer has an answer', () => {
  it('when a line of the bot that was asked is threaded to the question', () => {
    expect(toAnswers(MENTIONS, [says('ava', 900, 'sure', 'm1')])).toEqual({
      waitsMs: [900],
      lastAtMs: 900,
      again: 0,
      strangers: 0,
    })
  })

  it('when one calls them by name, in any case and among others', () => {
    const lines = [says('ava', 1000, '@Ann sure! @BOB, never'), says('ben', 1500, 'well (@cid) no')]
    expect(toAnswers(MENTIONS, lines)).toEqual({
      waitsMs: [1000, 900, 1300],
      lastAtMs: 1500,
      again: 0,
      strangers: 0,
    })
  })

  it('only once: what comes after that is told as too much', () => {
    const lines = [says('ava', 1000, '@ann sure', 'm1'), says('ava', 2000, '@ann and @bob')]
    expect(toAnswers(MENTIONS, lines)).toMatchObject({ waitsMs: [1000, 1900], lastAtMs: 2000, again: 1 })
  })

  it('not by another bot, a longer name, or a part of a word', () => {
    const lines = [says('ben', 1000, '@ann hi'), says('ava', 1000, '@annabel x@ann.org bob', 'unknown')]
    expect(toAnswers(MENTIONS, lines)).toMatchObject({ waitsMs: [], lastAtMs: Number.NaN, strangers: 2 })
  })
})
