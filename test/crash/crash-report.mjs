/** @import { Row, Table } from '../../bench/table.mjs' */
/** @import { Verdict } from './judge-round.mjs' */
/** @import { Plan } from './round-plan.mjs' */

/** @typedef {{ plan: Plan, verdict: Verdict, tookMs: number }} Judged */

/** @typedef {{ name: string, rounds: readonly Judged[] }} Group */

/** What a row adds up over its rounds, by the heading of its column. @type {Readonly<Record<string, (verdict: Verdict) => number>>} */
const SUMS = {
  kills: ({ kills }) => kills,
  'in mid-work': ({ inMidWork }) => inMidWork,
  unanswered: ({ unanswered }) => unanswered,
  asked: ({ asked }) => asked,
  accepted: ({ accepted }) => accepted,
  unheard: ({ unheard }) => unheard,
  joint: ({ jointLines }) => jointLines,
  shared: ({ sharedLines }) => sharedLines,
  'in joint': ({ inJoint }) => inJoint,
  lost: ({ failures }) => failures.lost.length,
  twice: ({ failures }) => failures.twice.length,
  'no outcome': ({ failures }) => failures.missingOutcome.length,
  'wrong outcome': ({ failures }) => failures.wrongOutcome.length + failures.notSent.length,
  'in writing': ({ inWriting }) => inWriting,
  repeated: ({ repeated }) => repeated,
  'in doubt: shown': ({ inDoubtShown }) => inDoubtShown,
  'not shown': ({ inDoubtNotShown }) => inDoubtNotShown,
  'given up': ({ givenUp }) => givenUp,
  breaches: ({ failures }) => failures.breaches.length,
}

/**
 * All rounds as one table: a row for each kind of round.
 *
 * @param {readonly Judged[]} rounds
 * @param {string} command
 * @returns {Table}
 */
export function crashTable(rounds, command) {
  const groups = [...toGroups(rounds), { name: 'all', rounds }]
  return {
    name: 'crash',
    command,
    title: 'Chorus, killed with SIGKILL in a raid and started again on the same data folder',
    notes: ['docs/crash-test.md tells what the columns mean.'],
    columns: ['rounds', 'number', 'failed', ...Object.keys(SUMS)],
    rows: groups.map(toRow),
  }
}

/**
 * What failed in a round, in a few lines, with the way to play just that one again.
 *
 * @param {Judged} round
 */
export function describeFailure({ plan, verdict }) {
  const found = Object.entries(verdict.failures).filter(([, items]) => items.length > 0)
  return [
    `FAILED: ${rerunOf(plan)}`,
    ...found.map(([what, items]) => `  ${what}: ${items.length}, such as ${items.slice(0, 3).join('; ')}`),
  ].join('\n')
}

/** @param {Plan} plan */
function rerunOf({ askedFactor, seed, viewers }) {
  const rounds =
    askedFactor === 1 ? '--rounds 0 --real-time 1' : `--rounds 1 --real-time 0 --factor ${askedFactor}`
  return `npm run test:crash -- ${rounds} --seed ${seed} --viewers ${viewers}`
}

/**
 * @param {readonly Judged[]} rounds
 * @returns {Group[]}
 */
function toGroups(rounds) {
  const groups = /** @type {Map<string, Judged[]>} */ (new Map())
  for (const round of rounds) {
    const { factor, isModerator, viewers } = round.plan
    const name = `${isModerator ? 'moderators' : 'ordinary accounts'}, ${viewers} viewers, ${factor}x`
    groups.set(name, [...(groups.get(name) ?? []), round])
  }
  return [...groups].map(([name, members]) => ({ name, rounds: members }))
}

/**
 * @param {Group} group
 * @returns {Row}
 */
function toRow({ name, rounds }) {
  const failed = rounds.filter(({ verdict }) => !verdict.isOk).length
  const sums = Object.values(SUMS).map((of) => rounds.reduce((sum, { verdict }) => sum + of(verdict), 0))
  return { cells: [name, `${rounds.length}`, `${failed}`, ...sums.map(String)], isOk: failed === 0 }
}
