import { describe, expect, it } from 'vitest'
import { viewerName } from '../../src/simulator/viewers.js'
import { playRound } from './crash-round.mjs'
import { judgeRound } from './judge-round.mjs'
import { type Kill, type Moment, type Plan, planRound } from './round-plan.mjs'

/*
 * Goal: what a Chorus has accepted outlives any death, and is said at most once. Method: real processes are killed with
 * SIGKILL in a raid and started again on the same data folder; then what viewers asked, what stands in the journal and
 * what reached chat are held against each other. `npm run test:crash` plays hundreds of such rounds. Rounds do little but
 * wait, so a few run at once.
 */

const ROUND_MS = 60_000
/** Slower than in the long run: beside other tests there is less of the machine. */
const FACTOR = 10

/** A small raid on a Chorus that is killed as `moments` say. */
function planOf(moments: readonly Moment[], parts: Partial<Plan> = {}): Plan {
  const kills: Kill[] = moments.map((moment) => ({ moment, downMs: 0 }))
  const calm = { isEarly: false, isModerator: true, raidAfterMs: 0, overMs: 1000, againShare: 0 }
  return { ...planRound({ seed: 7, factor: FACTOR, viewers: 12 }), ...calm, ...parts, kills }
}

/** A raid that is answered in joint lines nearly from the first one on. */
const JOINED = { joint: { whenWaitOver: 1, maxViewers: 6 }, viewers: 30 }

async function judged(plan: Plan, options?: Parameters<typeof playRound>[1]) {
  const { failures, ...counts } = judgeRound(await playRound(plan, options))
  return { ...counts, failures, found: Object.entries(failures).filter(([, items]) => items.length > 0) }
}

describe('a Chorus that is killed in a raid', () => {
  it.concurrent.each([1, 2, 5, 8])(
    'answers everybody once, whatever the moment: seed %i',
    async (seed) => {
      const verdict = await judged(planRound({ seed, factor: FACTOR, viewers: 24 }))
      expect(verdict).toMatchObject({ found: [], isOk: true })
      expect(verdict.kills).toBeGreaterThan(0)
    },
    ROUND_MS,
  )
})

describe('a line that was being written at the kill', () => {
  const shown: Moment = { kind: 'line', count: 3 }
  const unshown: Moment = { kind: 'step', step: 'marked', count: 3 }

  it.concurrent.each([
    ['was shown', shown, 'inDoubtShown'],
    ['was not', unshown, 'inDoubtNotShown'],
  ] as const)(
    'is left in doubt by a moderator, who could say it twice, if it %s',
    async (_what, moment, doubt) => {
      const verdict = await judged(planOf([moment]))
      expect(verdict).toMatchObject({ found: [], repeated: 0 })
      // The other bot may have been writing, too.
      expect(verdict[doubt]).toBeGreaterThan(0)
    },
    ROUND_MS,
  )

  it.concurrent.each([
    ['was shown', shown],
    ['was not', unshown],
  ])(
    'is said again by an ordinary account, for Twitch refuses it if it %s',
    async (_what, moment) => {
      const verdict = await judged(planOf([moment], { factor: FACTOR / 2, isModerator: false }))
      expect(verdict).toMatchObject({ found: [], inDoubtShown: 0, inDoubtNotShown: 0 })
      expect(verdict.repeated).toBeGreaterThan(0)
    },
    ROUND_MS,
  )
})

describe('a line for several viewers', () => {
  it.concurrent.each<Moment>([
    { kind: 'step', step: 'joining', count: 5 },
    { kind: 'step', step: 'joined', count: 5 },
    { kind: 'step', step: 'jointly-settling', count: 3 },
  ])(
    'that was not written at the kill, or was confirmed, costs nobody the answer: $step',
    async (moment) => {
      const verdict = await judged(planOf([moment], JOINED))
      expect(verdict).toMatchObject({ found: [], inJoint: 1 })
      expect(verdict.jointLines).toBeGreaterThan(0)
    },
    ROUND_MS,
  )

  it.concurrent.each<[string, Moment]>([
    ['was shown', { kind: 'line', count: 6 }],
    ['was not', { kind: 'step', step: 'jointly-marked', count: 2 }],
  ])(
    'that was being written at the kill is left in doubt by a moderator for all of them, if it %s',
    async (_what, moment) => {
      const verdict = await judged(planOf([moment], JOINED))
      expect(verdict).toMatchObject({ found: [], repeated: 0, inJoint: 1 })
      expect(verdict.inDoubtShown + verdict.inDoubtNotShown).toBeGreaterThan(1)
    },
    ROUND_MS,
  )

  it.concurrent.each<[string, Moment]>([
    ['was shown', { kind: 'line', count: 6 }],
    ['was not', { kind: 'step', step: 'jointly-marked', count: 2 }],
  ])(
    'that was being written at the kill is said again by an ordinary account, as it was, if it %s',
    async (_what, moment) => {
      const parts = { ...JOINED, factor: FACTOR / 2, isModerator: false }
      const verdict = await judged(planOf([moment], parts))
      expect(verdict).toMatchObject({ found: [], inDoubtShown: 0, inDoubtNotShown: 0, inJoint: 1 })
      expect(verdict.repeated).toBeGreaterThan(0)
    },
    ROUND_MS,
  )

  it.concurrent(
    'that nothing could repeat any more is in doubt for all of them, and recorded so',
    async () => {
      const plan = planOf([{ kind: 'step', step: 'jointly-marked', count: 2 }], JOINED)
      const verdict = await judged({
        ...plan,
        kills: plan.kills.map((kill) => ({ ...kill, downMs: 40_000 })),
      })
      expect(verdict).toMatchObject({ found: [], repeated: 0, inJoint: 1 })
      expect(verdict.inDoubtNotShown).toBeGreaterThan(1)
    },
    ROUND_MS,
  )
})

describe('a reply at which four processes have died', () => {
  it(
    'goes to the dead letters, and everybody else is answered',
    async () => {
      const moment: Moment = { kind: 'viewer', viewer: viewerName(1005) }
      const verdict = await judged(planOf([moment, moment, moment, moment]))
      expect(verdict).toMatchObject({ found: [], accepted: 12, kills: 4, givenUp: 1 })
    },
    ROUND_MS,
  )
})

describe('a journal', () => {
  it.concurrent(
    'that forgets what it has accepted is found out',
    async () => {
      const plan = planOf([{ kind: 'news', event: 'decided', count: 10 }])
      const { failures, isOk } = await judged(plan, { forgets: 'accepted' })
      expect(isOk).toBe(false)
      expect(failures.lost.length).toBeGreaterThan(0)
    },
    ROUND_MS,
  )

  it.concurrent(
    'that forgets that a line was being written is found out',
    async () => {
      const plan = planOf([{ kind: 'line', count: 3 }])
      const { failures, isOk } = await judged(plan, { forgets: 'mark' })
      expect(isOk).toBe(false)
      expect(failures.twice.length).toBeGreaterThan(0)
    },
    ROUND_MS,
  )

  it.concurrent(
    'that forgets which replies share a line is found out',
    async () => {
      const plan = planOf([{ kind: 'line', count: 6 }], JOINED)
      const { failures, isOk } = await judged(plan, { forgets: 'joint' })
      expect(isOk).toBe(false)
      expect(failures.twice.length).toBeGreaterThan(0)
    },
    ROUND_MS,
  )
})
