import { expect } from 'vitest'
import type { Outcome } from '../../src/domain.js'
import type { SendAttempt } from '../../src/simulator/twitch-ledger.js'
import { isThreaded, lineAnswers, misnamedLines, timesAnswered } from '../support/line-answers.mjs'
import { soon } from '../support/soon.js'
import type { Fixture } from './chorus-fixture.js'

/** Resolves when no bot is connected any more: nothing can reach chat after that. */
export async function untilGone({ bots, twitch }: Fixture): Promise<void> {
  const isGone = () => bots.every((login) => twitch.connections(login) === 0)
  await twitch.ledger.until(isGone, soon())
}

/** A reply with its outcome. */
export interface EndedReply {
  readonly id: string
  readonly viewer: string
  readonly outcome: Outcome
}

/**
 * Which replies each line in chat answers: one that is threaded to its question, or several whose viewers it calls. `runs`
 * are of one Chorus after the other, on the same Twitch.
 */
export function answersOf(...runs: readonly Fixture[]): Map<SendAttempt, readonly string[]> {
  const [{ bots, twitch } = { bots: [], twitch: undefined }] = runs
  const attempts = twitch?.ledger.attempts().filter(({ account }) => bots.includes(account)) ?? []
  return answersTo(runs.flatMap(repliesOf), attempts)
}

function repliesOf({ record }: Fixture): EndedReply[] {
  return record
    .of('reply:settled')
    .map(({ task, outcome }) => ({ id: task.id, viewer: task.message.login, outcome }))
}

function answersTo(replies: readonly EndedReply[], attempts: readonly SendAttempt[]) {
  return lineAnswers(
    attempts,
    replies.map(({ id, outcome, viewer }) => {
      const line = outcome.kind === 'sent' ? outcome.id : undefined
      const mayShare = outcome.kind === 'sent' && line === undefined
      return { id, viewer, mayShare, ...(line !== undefined && { line }) }
    }),
  )
}

/**
 * Ends Chorus and holds what was owed against what reached Twitch: one PRIVMSG answers each reply that was sent, by its
 * bot, threaded to its question or calling its viewer, taken by Twitch; and nothing else, ever.
 */
export async function expectSaidOnce(fixture: Fixture): Promise<void> {
  const { bots, record, twitch } = fixture
  await expectPromiseKept(fixture)
  const sent = record.of('reply:settled').filter(({ outcome }) => outcome.kind === 'sent')
  const times = timesAnswered(answersOf(fixture))
  expect(sent.filter(({ task }) => times.get(task.id) !== 1).map(({ task }) => task.id)).toEqual([])
  const attempts = twitch.ledger.attempts().filter(({ account }) => bots.includes(account))
  expect(attempts.filter(({ verdict }) => verdict !== 'delivered')).toEqual([])
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
 * Ends Chorus and holds what became of each reply against what reached Twitch: each was answered at most once, each that was
 * sent without a doubt was, by the line that its outcome names; none that ended otherwise was, and nothing was shown for a
 * reply without an outcome.
 */
export async function expectPromiseKept(fixture: Fixture): Promise<void> {
  const { bots, chorus, twitch } = fixture
  await chorus.stop()
  await untilGone(fixture)
  const attempts = twitch.ledger.attempts().filter(({ account }) => bots.includes(account))
  expectKept(repliesOf(fixture), attempts)
  expectNoBreach(fixture)
}

/** The same of any replies and lines. */
export function expectKept(replies: readonly EndedReply[], attempts: readonly SendAttempt[]): void {
  const answers = answersTo(replies, attempts)
  const times = timesAnswered(answers)
  const wrong = replies.flatMap(({ id, outcome }) => {
    const shown = times.get(id) ?? 0
    return timesShown(outcome).includes(shown) ? [] : [{ id, outcome, shown }]
  })
  expect(wrong).toEqual([])
  const lines = new Map([...answers].map(([line, ids]) => [line.shown?.id, ids]))
  const isUntrue = ({ id, outcome }: EndedReply) =>
    outcome.kind === 'sent' && outcome.id !== undefined && !lines.get(outcome.id)?.includes(id)
  expect(replies.filter(isUntrue)).toEqual([])
  expect(new Set(replies.map(({ id }) => id)).size).toBe(replies.length)
  expect([...answers.keys()].filter((line) => answers.get(line)?.length === 0)).toEqual([])
  expect(misnamedLines(answers, replies)).toEqual([])
}

/** What was owed ended as sent, all of it, in doubt perhaps, and nothing was shown twice. */
export async function expectAllKept(fixture: Fixture, count: number): Promise<void> {
  const { record } = fixture
  await record.settled(count)
  expect(record.of('reply:accepted')).toHaveLength(count)
  expect(record.of('reply:settled').filter(({ outcome }) => outcome.kind !== 'sent')).toEqual([])
  await expectPromiseKept(fixture)
}

/** How many lines in chat answer several replies: of several viewers, or of one who asked several times. */
export function countShared(fixture: Fixture): { readonly joint: number; readonly ofOne: number } {
  const shared = [...answersOf(fixture)].filter(([, ids]) => ids.length > 1).map(([line]) => line)
  const ofOne = shared.filter(isThreaded).length
  return { joint: shared.length - ofOne, ofOne }
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
