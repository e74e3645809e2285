import { SECOND } from '../../src/clock.js'
import type { Outcome } from '../../src/domain.js'
import type { SendAttempt } from '../../src/simulator/twitch-ledger.js'
import { soon } from '../support/soon.js'
import type { Fixture, FixtureOptions } from './chorus-fixture.js'

/** Nothing but Twitch decides when a line is said: answers are made at once. */
export const AT_ONCE = {
  latency: 0,
  config: { replies: { delays: { mention: [0, 0] } } },
} satisfies FixtureOptions

/** The same, and each viewer gets a line of his own, however many wait: where it matters when each single one is said. */
export const ONE_BY_ONE = {
  latency: 0,
  config: { replies: { ...AT_ONCE.config.replies, joint: { maxViewers: 1 } } },
} satisfies FixtureOptions

/** A viewer asks a bot something. Returns the message's id. */
export function ask(
  { bots, room, twitch }: Fixture,
  { viewer = 'ann', bot = bots[0], channel = room.channel, text = 'what do you think?' } = {},
): string {
  return twitch.room(channel).say(viewer, `@${bot} ${text}`)
}

/** What has become of the reply to a message so far; one that never was accepted has none, either. */
export function outcomeSoFar({ record }: Fixture, question: string): Outcome | undefined {
  return record.of('reply:settled').find(({ task }) => task.message.id === question)?.outcome
}

/** What becomes of the reply to a message. */
export async function outcomeOf(chorus: Fixture, question: string): Promise<Outcome> {
  await chorus.record.until(() => outcomeSoFar(chorus, question) !== undefined)
  return outcomeSoFar(chorus, question) as Outcome
}

/** Every try to say the reply to a message, in their order. */
export function attemptsFor({ twitch }: Fixture, question: string): SendAttempt[] {
  return twitch.ledger.attempts().filter(({ replyParent }) => replyParent === question)
}

/** Resolves when the reply to a message was tried so many times. */
export async function untilTried(chorus: Fixture, question: string, times = 1): Promise<void> {
  await chorus.twitch.ledger.until(() => attemptsFor(chorus, question).length >= times, soon())
}

/** Milliseconds between the tries. */
export function gapsOf(attempts: readonly SendAttempt[]): number[] {
  return attempts.slice(1).map(({ atMs }, index) => atMs - (attempts[index]?.atMs ?? atMs))
}

/** Most tries within 30 s. */
export function mostInWindow(attempts: readonly SendAttempt[]): number {
  const times = attempts.map(({ atMs }) => atMs)
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 30 * SECOND).length))
}
