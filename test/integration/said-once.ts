import { expect } from 'vitest'
import type { Outcome } from '../../src/domain.js'
import type { Fixture } from './chorus-fixture.js'
import { soon } from './event-record.js'

/** Resolves when no bot is connected any more: nothing can reach chat after that. */
export async function untilGone({ bots, twitch }: Fixture): Promise<void> {
  const isGone = () => bots.every((login) => twitch.connections(login) === 0)
  await twitch.ledger.until(isGone, soon())
}

/**
 * Ends Chorus and holds what was owed against what reached Twitch: one PRIVMSG for each reply that was sent, by its
 * bot, threaded to its question, taken by Twitch; and nothing else, ever.
 */
export async function expectSaidOnce(fixture: Fixture): Promise<void> {
  const { bots, chorus, record, twitch } = fixture
  await chorus.stop()
  await untilGone(fixture)
  const sent = record.of('reply:settled').filter(({ outcome }) => outcome.kind === 'sent')
  const shownIds = twitch.ledger.delivered().map(({ shown }) => shown?.id)
  const toldIds = sent.flatMap(({ outcome }) => (outcome.kind === 'sent' && outcome.id ? [outcome.id] : []))
  expect(shownIds).toEqual(expect.arrayContaining(toldIds))
  const owed = sent.map(({ task }) => `${task.bot} → ${task.message.login} ${task.message.id}`)
  const askers = new Map(sent.map(({ task }) => [task.message.id as string, task.message.login]))
  const attempts = twitch.ledger.attempts().filter(({ account }) => bots.includes(account))
  const said = attempts.map(({ account, replyParent = '', verdict, text }) => {
    const asker = askers.get(replyParent) ?? 'nobody'
    return verdict === 'delivered' ? `${account} → ${asker} ${replyParent}` : `${verdict}: ${text}`
  })
  expect(said.sort()).toEqual(owed.sort())
  expect(twitch.ledger.breaches).toEqual([])
}

/** What was owed ended as sent, all of it, and each reply was said once. */
export async function expectAllAnswered(fixture: Fixture, count: number): Promise<void> {
  const { record } = fixture
  await record.settled(count)
  expect(record.of('reply:accepted')).toHaveLength(count)
  expect(record.of('reply:settled').filter(({ outcome }) => outcome.kind !== 'sent')).toEqual([])
  await expectSaidOnce(fixture)
}

/**
 * Ends Chorus and holds what became of each reply against what reached Twitch: each was shown at most once, each that was
 * sent without a doubt was shown, none that ended otherwise was, and nothing was shown for a reply without an outcome.
 */
export async function expectPromiseKept(fixture: Fixture): Promise<void> {
  const { bots, chorus, record, twitch } = fixture
  await chorus.stop()
  await untilGone(fixture)
  const attempts = twitch.ledger.attempts().filter(({ account }) => bots.includes(account))
  const wrong = record.of('reply:settled').flatMap(({ task, outcome }) => {
    const own = attempts.filter(
      ({ account, replyParent }) => account === task.bot && replyParent === task.message.id,
    )
    const shown = own.filter(({ verdict }) => verdict === 'delivered').length
    const may = timesShown(outcome)
    return may.includes(shown) ? [] : [{ task: task.id, outcome, shown }]
  })
  expect(wrong).toEqual([])
  const settled = record.of('reply:settled').map(({ task }) => `${task.bot} ${task.message.id}`)
  expect(new Set(settled).size).toBe(settled.length)
  const strays = attempts.filter(
    ({ account, replyParent, verdict }) =>
      verdict === 'delivered' && !settled.includes(`${account} ${replyParent}`),
  )
  expect(strays).toEqual([])
  expectNoBreach(fixture)
}

/** What was owed ended as sent, all of it, in doubt perhaps, and nothing was shown twice. */
export async function expectAllKept(fixture: Fixture, count: number): Promise<void> {
  const { record } = fixture
  await record.settled(count)
  expect(record.of('reply:accepted')).toHaveLength(count)
  expect(record.of('reply:settled').filter(({ outcome }) => outcome.kind !== 'sent')).toEqual([])
  await expectPromiseKept(fixture)
}

/** How often a reply with this outcome may have been shown. */
function timesShown(outcome: Outcome): readonly number[] {
  if (outcome.kind !== 'sent' || outcome.heldByAutoMod) return [0]
  return outcome.inDoubt ? [0, 1] : [1]
}

/**
 * No limit was broken. Saying again what may not have been shown is what Twitch's rule on repetitions is used for: only
 * so may it be touched.
 */
export function expectNoBreach({ twitch }: Pick<Fixture, 'twitch'>): void {
  const tries = twitch.ledger.attempts()
  const isRepetition = (text: string | undefined) =>
    tries.some(
      (first) =>
        tries.some(
          ({ number, replyParent, ...second }) =>
            number > first.number && replyParent === first.replyParent && second.text === first.text,
        ) && first.text === text,
    )
  expect(
    twitch.ledger.breaches.filter(({ kind, text }) => kind !== 'duplicate' || !isRepetition(text)),
  ).toEqual([])
}
