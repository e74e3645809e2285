import { describe, expect, it } from 'vitest'
import { every, MINUTE, SECOND } from '../../src/clock.js'
import { toBotLogin } from '../../src/domain.js'
import { Secret } from '../../src/secret.js'
import { raid } from '../../src/simulator/scenarios.js'
import type { TokenChange } from '../../src/token-source.js'
import { PacedClock } from '../support/paced-clock.js'
import { soon } from '../support/soon.js'
import { CHANNEL, choruses, type Fixture, tokenOf } from './chorus-fixture.js'
import { AT_ONCE, ask, attemptsFor, outcomeOf, outcomeSoFar } from './questions.js'
import {
  countShared,
  expectAllAnswered,
  expectAllKept,
  expectPromiseKept,
  expectSaidOnce,
} from './said-once.js'

/*
 * Goal: whatever happens to the links, each reply is said once. Method: all questions are asked before the fault, so
 * that every one of them is owed. A link is cut in the moment in which Twitch reads a line of it: the bot hears of
 * neither the line's fate nor the cut, and has nothing else under way, which would be lost with nobody to know of it.
 */

const start = choruses()

/** A raid that is owed as a whole, while most of it waits. */
async function owe(chorus: Fixture, viewers: number): Promise<void> {
  await chorus.play(raid({ seed: 21, channel: CHANNEL, bots: chorus.bots, viewers, overMs: SECOND }))
  await chorus.record.until((record) => record.of('reply:accepted').length === viewers)
}

/** Runs inside the moment in which Twitch reads the bot's `count`-th line, before any confirmation. */
function whenRead(chorus: Fixture, bot: string, count: number, run: () => void): Promise<void> {
  const { ledger } = chorus.twitch
  return new Promise((resolve, reject) => {
    const signal = soon()
    const end = ledger.onEntry((entry) => {
      if (entry.type !== 'attempt' || entry.attempt.account !== bot) return
      if (ledger.attempts({ account: bot }).length < count) return
      end()
      run()
      resolve()
    })
    signal.addEventListener('abort', () => {
      end()
      reject(signal.reason)
    })
  })
}

describe('each reply is said once', () => {
  it.each(['end', 'reset'] as const)('when every socket is cut twice in a raid (%s)', async (how) => {
    const chorus = await start({ factor: 10 })
    await owe(chorus, 60)
    await Promise.all(
      chorus.bots.map(async (bot, place) => {
        await whenRead(chorus, bot, 2 + place, () => chorus.twitch.cut(bot, how))
        await whenRead(chorus, bot, 5 + place, () => chorus.twitch.cut(bot, how))
      }),
    )
    await expectAllKept(chorus, 60)
    expect(countShared(chorus).joint).toBeGreaterThan(4)
    expect(chorus.record.of('bot:disconnected').length).toBeGreaterThanOrEqual(4)
  })

  it.each([
    ['end', 'alone'],
    ['reset', 'alone'],
    ['end', 'with another bot'],
    ['reset', 'with another bot'],
  ] as const)('when the link is cut in the instant of a write (%s, %s)', async (how, company) => {
    const isAlone = company === 'alone'
    const chorus = await start({ ...AT_ONCE, factor: 15, bots: isAlone ? ['ava'] : ['ava', 'ben'] })
    const cut = whenRead(chorus, 'ava', 1, () => chorus.twitch.cut('ava', how))
    const question = ask(chorus)
    await cut
    expect(await outcomeOf(chorus, question)).not.toHaveProperty('inDoubt')
    // Another bot has seen it; alone, only the refusal of a second showing tells.
    expect(attemptsFor(chorus, question).map(({ verdict }) => verdict)).toEqual(
      isAlone ? ['delivered', 'msg_duplicate'] : ['delivered'],
    )
    await expectPromiseKept(chorus)
  })

  it('when Twitch asks to reconnect and closes the old connections', async () => {
    const chorus = await start({ factor: 15 })
    await owe(chorus, 30)
    await whenRead(chorus, 'ava', 3, () => chorus.twitch.askReconnect({ closeAfterMs: 3 * SECOND }))
    // On a slow machine the closing may overtake the new login: a line is cut off from its answer and tried again then.
    await expectAllKept(chorus, 30)
    const { twitch } = chorus
    expect(
      chorus.bots.map((login) => twitch.ledger.sessions({ account: login, kind: 'login' }).length),
    ).toEqual([2, 2])
  })

  it('when Twitch leaves the goodbyes unanswered and asks to reconnect', async () => {
    const chorus = await start({ factor: 15 })
    chorus.twitch.ignoreCloseHandshakes()
    await owe(chorus, 20)
    await whenRead(chorus, 'ava', 3, () => chorus.twitch.askReconnect({ closeAfterMs: 60 * SECOND }))
    await expectAllAnswered(chorus, 20)
  })

  it('when Twitch is away for ten minutes: a lost connection expires nothing', async () => {
    const clock = new PacedClock(20)
    const chorus = await start({ bots: ['ava'], clock, config: { replies: { answerWithin: 60 } } })
    await owe(chorus, 12)
    await whenRead(chorus, 'ava', 3, () => chorus.twitch.away())
    clock.setPace(300)
    const since = clock.now()
    const tries = () => chorus.record.of('bot:disconnected').length
    await chorus.record.until(() => tries() >= 10 && clock.now() - since > 10 * MINUTE)
    expect(chorus.chorus.chatStatus().joined).toEqual([])
    expect(chorus.twitch.ledger.attempts()).toHaveLength(3)
    clock.setPace(20)
    chorus.twitch.back()
    await chorus.record.settled(12)
    const outcomes = chorus.record.of('reply:settled').map(({ outcome }) => outcome)
    expect(outcomes.filter(({ kind }) => kind !== 'sent')).toEqual([])
    // Only the one that was being written may have been shown or not.
    expect(outcomes.filter((outcome) => 'inDoubt' in outcome)).toHaveLength(1)
    await expectPromiseKept(chorus)
  })

  it('when a viewer asks through the one connection that is left', async () => {
    const chorus = await start({ factor: 15 })
    chorus.twitch.cut('ben')
    await chorus.record.until((record) => record.of('bot:disconnected').length === 1)
    chorus.room.say('ann', '@ben did you hear that?')
    await expectAllAnswered(chorus, 1)
  })
})

describe('while all bots follow RECONNECT', () => {
  it('no line of a busy chat is missed, and each question is answered once', async () => {
    const chorus = await start({ ...AT_ONCE, factor: 15 })
    const { clock, record, room, twitch } = chorus
    const said: string[] = []
    const questions: string[] = []
    const cancel = every(clock, 0.2 * SECOND, () => {
      said.push(room.say('zoe', `line ${said.length}`))
      if (said.length % 5 === 0) questions.push(ask(chorus, { bot: questions.length % 2 ? 'ben' : 'ava' }))
    })
    twitch.askReconnect({ closeAfterMs: 2 * SECOND })
    const isOver = () =>
      chorus.bots.every((login) => twitch.ledger.sessions({ account: login, kind: 'close' }).length > 0)
    await twitch.ledger.until(() => isOver() && questions.length > 3, soon())
    cancel()
    const last = room.say('zoe', 'the last line')
    await record.until(() => record.of('message:received').some(({ message }) => message.id === last))
    const heard = new Set(record.of('message:received').map(({ message }) => message.id as string))
    expect([...said, ...questions, last].filter((id) => !heard.has(id))).toEqual([])
    await expectAllAnswered(chorus, questions.length)
  })
})

describe('a link that flaps', () => {
  it('never makes a bot of thirty channels log in or join too fast', async () => {
    const channels = Array.from({ length: 30 }, (_, index) => `channel${index}`)
    const chorus = await start({ ...AT_ONCE, factor: 15, bots: ['ava'], channels, isStarted: false })
    const { ledger } = chorus.twitch
    const joins = () => ledger.sessions({ kind: 'join' }).length
    let cuts = 0
    // In the middle of joining, each time a bit further: the joins of two connections lie as close as they can.
    const end = ledger.onEntry((entry) => {
      if (entry.type !== 'session' || entry.session.kind !== 'join' || cuts >= 6) return
      if (joins() % 7 !== 5) return
      cuts += 1
      if (cuts % 3 === 0) chorus.twitch.askReconnect({ closeAfterMs: SECOND / 2 })
      else chorus.twitch.cut('ava')
    })
    await chorus.chorus.start()
    const isIn = () => chorus.chorus.chatStatus().bots[0]?.joined.length === 30
    await chorus.record.until(() => cuts >= 6 && isIn())
    end()
    expect(ledger.breaches).toEqual([])
    expect(ledger.sessions({ kind: 'login' }).length).toBeGreaterThanOrEqual(6)
    await expectPromiseKept(chorus)
  })
})

describe('a bot whose token Twitch refuses', () => {
  it('at the start is parked with advice and named by ready, and the others answer', async () => {
    const chorus = await start({
      factor: 20,
      config: { replies: { answerWithin: 20 } },
      before: ({ twitch }) => twitch.addAccount({ login: 'ben', token: 'another-token' }),
    })
    const { record } = chorus
    const reason = 'Login authentication failed'
    expect(record.of('ready')).toEqual([{ joined: ['ava'], parked: [{ bot: 'ben', reason }] }])
    expect(record.of('bot:parked')).toMatchObject([
      { bot: 'ben', reason, advice: expect.stringContaining('TWITCH_TOKEN_BEN') },
    ])
    await owe(chorus, 20)
    await record.settled(20)
    const outcomes = record.of('reply:settled').map(({ task, outcome }) => `${task.bot} ${outcome.kind}`)
    expect(new Set(outcomes)).toEqual(new Set(['ava sent', 'ben expired']))
    expect(record.of('reply:settled').find(({ task }) => task.bot === 'ben')?.outcome).toMatchObject({
      reason,
    })
    await expectSaidOnce(chorus)
  })

  it('at a reconnect is parked, keeps what it owes, and the others answer', async () => {
    const chorus = await start({ factor: 15, config: { replies: { joint: { maxViewers: 1 } } } })
    await owe(chorus, 24)
    await whenRead(chorus, 'ben', 3, () => {
      chorus.twitch.revokeToken('ben')
      chorus.twitch.cut('ben')
    })
    const { record, twitch } = chorus
    await record.until(() => record.of('bot:parked').length === 1)
    const report = await chorus.chorus.gracefulStop()
    expect(report.left).toBe(12 - 3)
    expect(twitch.ledger.delivered({ account: 'ben' })).toHaveLength(3)
    expect(twitch.ledger.delivered({ account: 'ava' })).toHaveLength(12)
    expect(JSON.stringify(record.of('bot:parked'))).not.toContain(tokenOf('ben'))
    await expectSaidOnce(chorus)
  })

  it('at a reconnect is taken up again when somebody has replaced the token', async () => {
    let benToken = tokenOf('ben')
    const listeners = new Set<(change: TokenChange) => void>()
    const chorus = await start({
      ...AT_ONCE,
      factor: 15,
      tokens: {
        forLogin: async (bot) => new Secret(bot === 'ben' ? benToken : tokenOf(bot)),
        afterRefusal: async () => undefined,
        onChange: (listener) => {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
      },
    })
    const { record, twitch } = chorus
    twitch.addAccount({ login: 'ben', token: 'another-token' })
    twitch.cut('ben')
    await record.until(() => record.of('bot:parked').length === 1)
    const owed = ask(chorus, { bot: 'ben' })
    expect(await outcomeOf(chorus, ask(chorus, { bot: 'ava' }))).toMatchObject({ kind: 'sent' })
    expect(outcomeSoFar(chorus, owed)).toBeUndefined()
    benToken = 'another-token'
    for (const tell of listeners) tell({ kind: 'replaced', bot: toBotLogin('ben') })
    expect(await outcomeOf(chorus, owed)).toMatchObject({ kind: 'sent' })
    expect(record.of('bot:unparked')).toEqual([{ bot: 'ben' }])
    await expectPromiseKept(chorus)
  })

  it('twenty times over is not asked for again: a refusal is final', async () => {
    const chorus = await start({
      factor: 20,
      before: ({ twitch }) => twitch.refuseLogins(20, { login: 'ben' }),
    })
    chorus.room.say('ann', '@ava hello')
    await expectAllAnswered(chorus, 1)
    expect(chorus.twitch.ledger.sessions({ kind: 'login-refused' })).toHaveLength(1)
  })
})
