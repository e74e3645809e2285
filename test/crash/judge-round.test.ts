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
  ...('id' in details && { line: String(details.id) }),
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
  ...(replyParent !== '' && { replyParent }),
  ...parts,
})
const dead = (state: string) => ({ open: [{ id: TASK, state }], settled: [] })

/** Ann and Bob have asked Ava, and one line is theirs. */
const BOTH = ['ava/1', 'ava/2']
const joint = (parts = {}) =>
  line('', { text: '@ann hi @bob hello', shown: { id: 'both', text: '' }, ...parts })
/** A line for both: `each` is what the journal says of their replies. */
function jointly(each: object, parts: Partial<Evidence> = {}): Partial<Evidence> {
  const [ann, bob] = ['Ann', 'Bob'].map((viewer, at) => ({
    ...{ viewer, bot: 'ava', text: '', task: BOTH[at] ?? '', fate: 'settled' as const, isAskedAgain: false },
  }))
  return {
    questions: ann && bob ? [ann, bob] : [],
    decided: BOTH,
    deaths: [{ open: BOTH.map((id) => ({ id, state: 'accepted', joint: 'j' })), settled: [] }],
    journal: { open: [], settled: BOTH.map((id) => settled(each, 'sent', id)) },
    attempts: [joint()],
    ...parts,
  }
}
const JOINTLY = { id: 'both', viewers: 2 }

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
    ['a joint line said twice', ['twice'], jointly(JOINTLY, { attempts: [joint(), joint()] })],
    [
      'a viewer of a joint line who is answered alone, too',
      ['twice'],
      jointly(JOINTLY, { attempts: [joint(), line('2')] }),
    ],
    [
      'viewers who were called and then answered by other lines, which their outcomes name',
      ['twice'],
      jointly(JOINTLY, { attempts: [joint({ shown: { id: 'before', text: '' } }), joint()] }),
    ],
    [
      'a viewer whom a joint line leaves out',
      ['lost', 'wrongOutcome'],
      jointly(JOINTLY, { attempts: [joint({ text: '@ann hi' })] }),
    ],
    [
      'an outcome that names another line',
      ['wrongOutcome'],
      jointly(JOINTLY, { attempts: [joint({ shown: { id: 'another', text: '' } })] }),
    ],
    [
      'a joint line that calls somebody else',
      ['misnamed'],
      jointly(JOINTLY, { attempts: [joint({ text: '@ann hi @bob hello @cid' })] }),
    ],
    [
      'a joint line that calls nobody who asked',
      ['strays', 'misnamed'],
      { attempts: [line('1'), joint({ text: '@zoe hi' })] },
    ],
    [
      'two lines in doubt after one kill, however many viewers they had',
      ['tooManyInDoubt'],
      jointly({ inDoubt: true }, { attempts: [] }),
    ],
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
    ['a joint line', jointly(JOINTLY), { jointLines: 1, sharedLines: 0, inJoint: 1 }],
    [
      'a joint line in doubt, which one kill may leave',
      jointly({ inDoubt: true, viewers: 2 }),
      { inDoubtShown: 2 },
    ],
    [
      'a joint line that was said again, of which no outcome knows the id',
      jointly(
        { viewers: 2 },
        {
          deaths: [{ open: BOTH.map((id) => ({ id, state: 'sending', joint: 'j' })), settled: [] }],
          attempts: [joint(), joint({ verdict: 'msg_duplicate' })],
        },
      ),
      { inWriting: 1, repeated: 1, jointLines: 1 },
    ],
    [
      'one line for two questions of a viewer',
      {
        questions: ['1', '2'].map((id) => ({
          ...{ viewer: 'Ann', bot: 'ava', text: '', task: `ava/${id}`, isAskedAgain: false },
          fate: 'settled' as const,
        })),
        decided: BOTH,
        journal: { open: [], settled: BOTH.map((id) => settled({ id: 'one' }, 'sent', id)) },
        attempts: [line('1', { shown: { id: 'one', text: '' } })],
      },
      { sharedLines: 1, jointLines: 0 },
    ],
  ])('and counts %s', (_what, parts, counts) => {
    expect(judgeRound(evidence(parts))).toMatchObject({ isOk: true, ...counts })
  })
})
