import { describe, expect, it } from 'vitest'
import type { Evidence } from './crash-round.mjs'
import { judgeRound } from './judge-round.mjs'
import { planRound } from './round-plan.mjs'

const TASK = 'ava/1'
const settled = (details: object, outcome = 'sent', id = TASK) => ({
  id,
  outcome,
  details: JSON.stringify(details),
  isInDoubt: 'inDoubt' in details,
})
const line = (replyParent: string, parts = {}) => ({
  number: 1,
  atMs: 0,
  connection: 1,
  account: 'ava',
  channel: 'c',
  text: 'hi',
  isAction: false,
  verdict: 'delivered',
  replyParent,
  ...parts,
})
const dead = (state: string) => ({ open: [{ id: TASK, state }], settled: [] })

/** One question, accepted, shown once and recorded so, after one kill; `parts` is what is found instead. */
function evidence(parts: Partial<Evidence> = {}): Evidence {
  return {
    plan: planRound({ seed: 1 }),
    questions: [
      { viewer: 'Ann', bot: 'ava', text: '@ava hi', task: TASK, fate: 'settled', isAskedAgain: false },
    ],
    decided: [TASK],
    deaths: [dead('accepted')],
    journal: { open: [], settled: [settled({})] },
    attempts: [line('1')],
    breaches: [],
    unanswered: [],
    problems: [],
    tookMs: 1,
    ...parts,
  }
}

/** The names of what was found. */
function found(parts: Partial<Evidence>): string[] {
  const { failures } = judgeRound(evidence(parts))
  return Object.entries(failures).flatMap(([name, items]) => (items.length > 0 ? [name] : []))
}

describe('a round is judged', () => {
  it('to be right where everything accepted was shown once', () => {
    expect(judgeRound(evidence())).toMatchObject({ isOk: true, accepted: 1, unheard: 0, inWriting: 0 })
  })

  it.each<[string, string[], Partial<Evidence>]>([
    [
      'what was told and never recorded',
      ['lost', 'missingOutcome'],
      { deaths: [], journal: { open: [], settled: [] }, attempts: [] },
    ],
    ['what is open at the end', ['lost', 'missingOutcome'], { journal: dead('ready'), attempts: [] }],
    ['what was shown and has no outcome', ['missingOutcome'], { journal: { open: [], settled: [] } }],
    ['what was shown twice', ['twice'], { attempts: [line('1'), line('1')] }],
    ['what is called sent and was not shown', ['lost', 'wrongOutcome'], { attempts: [] }],
    ['what ended twice', ['wrongOutcome'], { journal: { open: [], settled: [settled({}), settled({})] } }],
    [
      'what expired',
      ['lost', 'notSent'],
      { attempts: [], journal: { open: [], settled: [settled({}, 'expired')] } },
    ],
    [
      'what expired and was shown',
      ['wrongOutcome', 'notSent'],
      { journal: { open: [], settled: [settled({}, 'expired')] } },
    ],
    [
      'what was given up after one crash',
      ['lost', 'notSent'],
      { attempts: [], journal: { open: [], settled: [settled({ code: 'process-died' }, 'dead')] } },
    ],
    ['a line that answers nobody', ['strays'], { attempts: [line('1'), line('2')] }],
    [
      'a viewer who was never heard',
      ['unanswered'],
      {
        questions: [
          ...evidence().questions,
          { viewer: 'Bob', bot: 'ava', text: '', task: 'ava/2', fate: 'unheard', isAskedAgain: false },
        ],
      },
    ],
    [
      'a doubt without a kill',
      ['tooManyInDoubt'],
      { deaths: [], journal: { open: [], settled: [settled({ inDoubt: true })] } },
    ],
    ['a limit that was broken', ['breaches'], { breaches: [{ atMs: 1, account: 'ava', kind: 'over-20' }] }],
    [
      'a text said twice to two viewers',
      ['breaches'],
      { breaches: [{ atMs: 1, account: 'ava', kind: 'duplicate', text: 'hi' }] },
    ],
    ['a fault', ['problems'], { problems: ['it ended with 1'] }],
  ])('and finds %s', (_what, names, parts) => {
    expect(found(parts).sort()).toEqual(names.sort())
  })

  it.each<[string, Partial<Evidence>, object]>([
    [
      'a line in doubt that was shown',
      { journal: { open: [], settled: [settled({ inDoubt: true })] } },
      { inDoubtShown: 1 },
    ],
    [
      'one that was not',
      { attempts: [], journal: { open: [], settled: [settled({ inDoubt: true })] } },
      { inDoubtNotShown: 1 },
    ],
    [
      'a repetition that Twitch refused',
      {
        deaths: [dead('sending')],
        attempts: [line('1'), line('1', { verdict: 'msg_duplicate' })],
        breaches: [{ atMs: 1, account: 'ava', kind: 'duplicate', text: 'hi' }],
      },
      { inWriting: 1, repeated: 1 },
    ],
    [
      'a reply at which four processes died',
      {
        deaths: [dead('working'), dead('working'), dead('working'), dead('working')],
        attempts: [],
        journal: { open: [], settled: [settled({ code: 'process-died' }, 'dead')] },
      },
      { givenUp: 1 },
    ],
  ])('and counts %s', (_what, parts, counts) => {
    expect(judgeRound(evidence(parts))).toMatchObject({ isOk: true, ...counts })
  })
})
