import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { lineFlood } from '../../src/simulator/scenarios.js'
import { CHANNEL, choruses } from './chorus-fixture.js'
import { AT_ONCE, ask, attemptsFor, outcomeOf, untilTried } from './questions.js'
import { expectAllAnswered, expectPromiseKept } from './said-once.js'

const start = choruses()

describe('a bot that hears everything late, while the chat goes on', () => {
  it('waits for Twitch’s answer to its line, and leaves none in doubt that was shown', async () => {
    const chorus = await start({
      ...AT_ONCE,
      bots: ['ava'],
      before: ({ twitch }) => twitch.room(CHANNEL).setRole('ava', 'moderator'),
    })
    // Until the first line is heard, the bot asks for a sign of life: that answer, too, comes before the one to its line.
    chorus.twitch.lag('ava', 9 * SECOND)
    const chat = chorus.play(
      lineFlood({ seed: 1, channel: CHANNEL, linesPerSecond: 4, lastsMs: 25 * SECOND }),
    )
    expect(await outcomeOf(chorus, ask(chorus))).toEqual({ kind: 'sent', id: expect.any(String) })
    expect(chorus.record.of('line:unanswered')).toEqual([])
    await chat
  })

  it.each(['1e999', '99999999999999999'])(
    'takes a PONG that answers nothing it has asked for no answer (%j)',
    async (word) => {
      const chorus = await start({ ...AT_ONCE, bots: ['ava'] })
      const { twitch } = chorus
      twitch.feed(`:tmi.twitch.tv PONG #${CHANNEL} :${word}`)
      twitch.feed(`PONG #${CHANNEL} :${word}`)
      twitch.lag('ava', 9 * SECOND)
      expect(await outcomeOf(chorus, ask(chorus))).toEqual({ kind: 'sent', id: expect.any(String) })
      expect(chorus.record.of('line:unanswered')).toEqual([])
    },
  )
})

describe('a bot that follows RECONNECT while the answer to its line is late on the old connection', () => {
  it.each(['moderator', 'none'] as const)('waits for that answer (%s)', async (role) => {
    const chorus = await start({
      ...AT_ONCE,
      bots: ['ava'],
      before: ({ twitch }) => twitch.room(CHANNEL).setRole('ava', role),
    })
    const { record, twitch } = chorus
    // In the instant in which Twitch takes the line: what it says of it is on its way for long, the new connection is quick.
    const end = twitch.ledger.onEntry(({ type }) => {
      if (type !== 'attempt') return
      end()
      twitch.askReconnect({ login: 'ava', closeAfterMs: 30 * SECOND })
      twitch.lag('ava', 9 * SECOND)
      queueMicrotask(() => twitch.lag('ava', 0))
    })
    const question = ask(chorus)
    expect(await outcomeOf(chorus, question)).toEqual({ kind: 'sent', id: expect.any(String) })
    expect(record.of('bot:moving')).toHaveLength(1)
    expect(record.of('line:unanswered')).toEqual([])
    expect(attemptsFor(chorus, question)).toHaveLength(1)
    await expectAllAnswered(chorus, 1)
  })

  it('says the line again where that answer never comes, as soon as Twitch has closed the old one', async () => {
    const chorus = await start({ ...AT_ONCE, bots: ['ava'] })
    const { record, twitch } = chorus
    twitch.loseUserstates(1, 'ava')
    const question = ask(chorus)
    await untilTried(chorus, question)
    twitch.askReconnect({ login: 'ava', closeAfterMs: 2 * SECOND })
    expect(await outcomeOf(chorus, question)).not.toHaveProperty('inDoubt')
    expect(record.of('line:unanswered')).toMatchObject([{ next: 'repeat' }])
    expect(attemptsFor(chorus, question).map(({ verdict }) => verdict)).toEqual([
      'delivered',
      'msg_duplicate',
    ])
    await expectPromiseKept(chorus)
  })
})
