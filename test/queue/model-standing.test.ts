import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { ChorusError } from '../../src/errors.js'
import type { ModelStanding } from '../../src/reply-queue.js'
import { replyTask } from '../support/reply-task.js'
import { engineFixture } from './engine-fixture.js'

/** A model whose standing the test says; `errors` are what the next tries come to. */
function setUp(options: { readonly attempts?: number } = {}) {
  const standing = {
    awaySinceMs: undefined as number | undefined,
    servedAtMs: Number.NEGATIVE_INFINITY,
    /** Runs while a try is under way. */
    duringTry: () => {},
  }
  const model: ModelStanding = {
    away: () =>
      standing.awaySinceMs === undefined ? undefined : { reason: 'away', sinceMs: standing.awaySinceMs },
    servedAtMs: () => standing.servedAtMs,
  }
  const errors: ChorusError[] = []
  const attempts: number[] = []
  const fixture = engineFixture({
    model,
    retry: { attempts: options.attempts ?? 6, baseMs: SECOND, maxMs: 60 * SECOND },
    reply: async (_, { attempt }) => {
      attempts.push(attempt)
      standing.duringTry()
      const error = errors.shift()
      if (error) throw error
      return 'hi'
    },
  })
  return { ...fixture, standing, errors, attempts }
}

const timeout = () => new ChorusError('model-timeout', 'late')

/** A reply that has failed twice, the second time when the model had served others: that has cost it an attempt. */
async function chargedOnce() {
  const at = setUp()
  at.errors.push(timeout(), timeout())
  await at.engine.accept([replyTask({ bot: 'ava', delayMs: 0 })])
  await at.clock.advance(0)
  at.standing.servedAtMs = at.clock.now() + 1
  await at.clock.advance(SECOND)
  return at
}

describe('the standing of the model', () => {
  it('pauses every lane while it is away, and refresh() starts them again', async () => {
    const at = setUp()
    at.standing.awaySinceMs = 0
    await at.engine.accept([replyTask({ bot: 'ava' }), replyTask({ bot: 'bob' })])
    await at.clock.advance(60 * SECOND)
    expect(at.started).toEqual([])
    at.standing.awaySinceMs = undefined
    at.engine.refresh()
    await at.clock.advance(10 * SECOND)
    expect(at.settled.map(({ outcome }) => outcome.kind)).toEqual(['sent', 'sent'])
  })

  it('lets what the model had failed go as soon as it is back, and nothing else', async () => {
    const at = setUp()
    const slow = new ChorusError('model-rate-limited', 'later', { retryAfterMs: 60 * SECOND })
    const own = new ChorusError('model-bad-answer', 'odd', { retryAfterMs: 60 * SECOND })
    at.errors.push(slow, own)
    const [outage, odd] = [replyTask({ bot: 'ava' }), replyTask({ bot: 'bob' })]
    await at.engine.accept([outage, odd])
    await at.clock.advance(0)
    at.standing.awaySinceMs = 0
    at.engine.refresh()
    await at.clock.advance(5 * SECOND)
    at.standing.awaySinceMs = undefined
    at.engine.refresh()
    await at.clock.advance(0)
    expect(at.settled.map(({ task }) => task.id)).toEqual([outage.id])
    await at.clock.advance(60 * SECOND)
    expect(at.settled.map(({ task }) => task.id)).toEqual([outage.id, odd.id])
  })

  it.each(['model-unreachable', 'model-unauthorized', 'model-rate-limited'] as const)(
    'ends a reply that always comes to %s while others are served: it would be tried for ever',
    async (code) => {
      const at = setUp()
      at.errors.push(...Array.from({ length: 60 }, () => new ChorusError(code, 'this prompt')))
      at.standing.duringTry = () => {
        at.standing.servedAtMs = at.clock.now() - 0.5
      }
      await at.engine.accept([replyTask({ bot: 'ava' })])
      await at.clock.advance(3600 * SECOND)
      expect(at.settled.map(({ outcome }) => outcome)).toMatchObject([{ kind: 'dead', code }])
    },
  )

  it('makes a failure cost an attempt when it has served others since the last one', async () => {
    const at = setUp()
    at.errors.push(timeout(), timeout())
    await at.engine.accept([replyTask({ bot: 'ava' })])
    await at.clock.advance(0)
    at.standing.servedAtMs = at.clock.now() + 1
    await at.clock.advance(20 * SECOND)
    expect(at.attempts).toEqual([1, 1, 2])
  })

  it('makes it free when it turns out that the outage had begun by then', async () => {
    const at = await chargedOnce()
    expect(at.attempts).toEqual([1, 1])
    const since = at.clock.now() - SECOND
    for (let twice = 0; twice < 2; twice++) {
      at.standing.awaySinceMs = since
      at.engine.refresh()
    }
    at.standing.awaySinceMs = undefined
    at.engine.refresh()
    await at.clock.advance(20 * SECOND)
    expect(at.attempts).toEqual([1, 1, 1])
  })

  it('leaves what an earlier failure has cost as it is', async () => {
    const at = await chargedOnce()
    at.standing.awaySinceMs = at.clock.now() + 1
    at.engine.refresh()
    at.standing.awaySinceMs = undefined
    await at.clock.advance(20 * SECOND)
    expect(at.attempts).toEqual([1, 1, 2])
  })

  it('makes a failure free while it is away, even of a reply with one attempt', async () => {
    const at = setUp({ attempts: 1 })
    at.errors.push(timeout(), timeout())
    await at.engine.accept([replyTask({ bot: 'ava', delayMs: 0 })])
    await at.clock.advance(0)
    at.standing.servedAtMs = at.clock.now() + 1
    at.standing.duringTry = () => {
      at.standing.awaySinceMs = at.clock.now()
    }
    await at.clock.advance(10 * SECOND)
    expect(at.attempts).toEqual([1, 1])
    at.standing.awaySinceMs = undefined
    at.standing.duringTry = () => {}
    at.engine.refresh()
    await at.clock.advance(10 * SECOND)
    expect(at.settled.map(({ outcome }) => outcome.kind)).toEqual(['sent'])
  })
})
