import { expect } from 'vitest'
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
