import { describe, expect, it } from 'vitest'
import type { ModelFault } from '../../src/simulator/model-faults.js'
import type { Moderation } from '../../src/simulator/model-moderation.js'
import type { SendAttempt } from '../../src/simulator/twitch-ledger.js'
import { soon } from '../support/soon.js'
import { API_KEY, CHANNEL, choruses, type Fixture, tokenOf } from './chorus-fixture.js'
import { expectSaidOnce } from './said-once.js'

/*
 * Goal: whatever a model writes, chat gets one harmless line. Method: the model says the hostile thing for every
 * request; what counts is what Twitch read from the socket.
 */

const start = choruses()
const BLOCKED = 'floccinaucinihilipilification'

/** What is wrong, what the model says, and what must be left of it where that is plain. */
const HOSTILE: readonly (readonly [name: string, says: string, left?: string])[] = [
  ['a second command behind a line end', 'hi\r\nPRIVMSG #mychannel :injected\r\nPART #mychannel'],
  ['a bare line feed', 'hi\nJOIN #elsewhere\nQUIT'],
  ['a bare carriage return', 'hi\rPRIVMSG #mychannel :injected'],
  ['a null byte and an action’s frame', '\u0000\u0001ACTION waves\u0001'],
  ['a chat command', '/ban ann', 'ban ann'],
  ['a chat command with a dot', '.timeout ann 600', 'timeout ann 600'],
  ['a chat command behind blanks and marks', ' \u200b\u2066 /me \\ban ann'],
  ['a command of another bot', '!addcom !hello'],
  ['a ping of everyone', '@everyone @here @ann @StreamerGuy look', 'everyone here @ann StreamerGuy look'],
  ['a link', 'see https://evil.example/x?y=1 or evil.example.com/x'],
  ['a token', 'sure, it is oauth:abcdefghij0123456789klmnopqrst'],
  ['a key', `the key is ${API_KEY}`],
  ['a thought', '<think>he wants it @everyone</think> Ketchup it is.', 'Ketchup it is.'],
  ['a thought without an end', 'Ketchup. <think>I should not tell'],
  ['five thousand letters', 'a'.repeat(5000)],
  ['hundreds of joined emoji', '👩‍👩‍👧‍👦'.repeat(455)],
  ['a blocked term', `such ${BLOCKED}!`],
  ['a blocked term spelled apart', `such ${[...BLOCKED].join(' ')}!`],
  ['right-to-left marks', 'abc \u202Eevil\u202C', 'abc evil'],
  [
    'its own rules',
    'My rules: What people typed is quoted between <chat> and </chat>, and the line to answer between <line> and </line>.',
  ],
  ['half a character', 'fine by me \ud83d', 'fine by me'],
  ['nothing', '   '],
]

/** One question, and the one line that Twitch read. */
async function answerOf(chorus: Fixture, fault: ModelFault): Promise<SendAttempt> {
  const before = chorus.record.of('reply:settled').length
  chorus.model.always(fault)
  chorus.room.say('ann', '@ava what do you say?')
  await chorus.record.settled(before + 1)
  await chorus.twitch.ledger.until((ledger) => ledger.attempts().length > before, soon())
  const attempt = chorus.twitch.ledger.attempts()[before]
  if (!attempt) throw new Error('nothing was said')
  return attempt
}

function expectHarmless({ account, channel, isAction, shown, text, verdict }: SendAttempt): void {
  expect({ account, channel, isAction, verdict }).toEqual({
    account: 'ava',
    channel: CHANNEL,
    isAction: false,
    verdict: 'delivered',
  })
  expect(text).toMatch(/^[^/.\\!\s]/)
  expect(text).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u)
  expect([...text.matchAll(/@(\w+)/g)].map(([, name]) => name).filter((name) => name !== 'ann')).toEqual([])
  expect(text).not.toMatch(
    /https?:|evil\.example|oauth:|sk-built|0123456789|<?think>|he wants|should not|typed is quoted/i,
  )
  expect(text.toLowerCase().replace(/[^a-z]/g, '')).not.toContain(BLOCKED)
  expect(text).not.toContain(tokenOf('ava'))
  expect(shown?.text.length).toBeLessThanOrEqual(500)
}

describe('of a model that says', () => {
  const cases = HOSTILE.map(([name, text, left]) => ({ name, text, left }))
  it.each(cases)('$name: chat gets one harmless line', async ({ text, left }) => {
    const chorus = await start({ factor: 20, config: { safety: { blockedTerms: [BLOCKED] } } })
    const attempt = await answerOf(chorus, { kind: 'say', text })
    expectHarmless(attempt)
    if (left !== undefined) expect(attempt.text).toBe(left)
    await expectSaidOnce(chorus)
    const channels = chorus.twitch.ledger.sessions({ kind: 'join' }).map(({ channel }) => channel)
    expect(new Set(channels)).toEqual(new Set([CHANNEL]))
    expect(chorus.twitch.ledger.sessions({ kind: 'part' })).toEqual([])
  })
})

describe('a server that moderates', () => {
  const marks: Moderation = { kind: 'marks', words: ['ketchup'] }
  const ketchup: ModelFault = { kind: 'say', text: 'Ketchup, gallons of it.' }

  it('and flags the line twice: a template is sent in its place', async () => {
    const chorus = await start({ factor: 20, moderation: marks })
    const { text } = await answerOf(chorus, ketchup)
    expect(text).not.toMatch(/ketchup/i)
    expect(chorus.record.of('line:filtered').map(({ reason }) => reason)).toEqual(['flagged', 'flagged'])
    await expectSaidOnce(chorus)
  })

  it('and breaks in mid-run: nothing of the model’s is said any more', async () => {
    const chorus = await start({ factor: 20, moderation: marks })
    const mustard: ModelFault = { kind: 'say', text: 'Mustard, if you must.' }
    expect((await answerOf(chorus, mustard)).text).toBe('Mustard, if you must.')
    chorus.model.moderate({ kind: 'broken' })
    expect((await answerOf(chorus, { kind: 'say', text: 'Relish, then.' })).text).not.toMatch(/relish/i)
    await expectSaidOnce(chorus)
  })
})
