import { SECOND } from '../../clock.js'
import type { Outcome } from '../../domain.js'
import type { ChorusEmitter } from '../../events.js'

export type Labels = Readonly<Record<string, string>>

/** A number that events make grow, or a distribution that they add to. */
export interface Counted {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  /** Upper bounds, for a distribution. */
  readonly buckets?: readonly number[]
  /** What is there from the start with 0: else the first increase could not be seen. */
  readonly zero?: (bots: readonly string[]) => readonly Labels[]
  readonly watch: (events: ChorusEmitter, add: (labels: Labels, value?: number) => void) => void
}

/** What a reply can come to. Each counts once, under the first that holds; together they are all. */
const OUTCOMES = ['in_doubt', 'held_by_automod', 'joint', 'sent', 'withdrawn', 'expired', 'dead'] as const

function outcomeLabel(outcome: Outcome): (typeof OUTCOMES)[number] {
  if (outcome.kind !== 'sent') return outcome.kind
  if (outcome.inDoubt) return 'in_doubt'
  if (outcome.heldByAutoMod) return 'held_by_automod'
  return outcome.viewers === undefined ? 'sent' : 'joint'
}

/** From an answer at once to one that took as long as `replies.answerWithin` has it by default. */
const ANSWER_BUCKETS = [1, 2, 3, 5, 8, 13, 21, 34, 60, 120, 300, 900]
const MODEL_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64]

/** Everything that is counted. Labels have few values: bots, models and words of ours, never what chat says. */
export const COUNTED: readonly Counted[] = [
  {
    name: 'chorus_messages_total',
    help: 'Lines read from chat',
    labels: [],
    watch: (events, add) => events.on('message:received', () => add({})),
  },
  {
    name: 'chorus_decisions_total',
    help: 'Decisions: replies by cause, silence by reason',
    labels: ['decision', 'reason'],
    watch: (events, add) =>
      events.on('message:decided', ({ decisions }) => {
        for (const each of decisions)
          add({ decision: each.kind, reason: each.kind === 'reply' ? each.cause : each.reason })
      }),
  },
  {
    name: 'chorus_accepted_total',
    help: 'Replies accepted, by cause',
    labels: ['bot', 'cause'],
    watch: (events, add) => events.on('reply:accepted', ({ task: { bot, cause } }) => add({ bot, cause })),
  },
  {
    name: 'chorus_outcomes_total',
    help: 'Replies that have their outcome',
    labels: ['bot', 'outcome'],
    zero: (bots) => bots.flatMap((bot) => OUTCOMES.map((outcome) => ({ bot, outcome }))),
    watch: (events, add) =>
      events.on('reply:settled', ({ task: { bot }, outcome }) =>
        add({ bot, outcome: outcomeLabel(outcome) }),
      ),
  },
  {
    name: 'chorus_answer_seconds',
    help: 'From the arrival of a mention to its answer in chat',
    labels: ['bot'],
    buckets: ANSWER_BUCKETS,
    watch: (events, add) =>
      events.on('reply:settled', ({ task: { bot, cause }, outcome, tookMs }) => {
        if (cause === 'mention' && outcome.kind === 'sent') add({ bot }, tookMs / SECOND)
      }),
  },
  {
    name: 'chorus_lines_sent_total',
    help: 'Lines that are in chat',
    labels: ['bot'],
    zero: (bots) => bots.map((bot) => ({ bot })),
    watch: (events, add) => events.on('line:sent', ({ bot }) => add({ bot })),
  },
  {
    name: 'chorus_lines_refused_total',
    help: 'Lines that Twitch has refused',
    labels: ['bot'],
    zero: (bots) => bots.map((bot) => ({ bot })),
    watch: (events, add) => events.on('line:refused', ({ bot }) => add({ bot })),
  },
  {
    name: 'chorus_lines_filtered_total',
    help: 'Lines of a model, or parts of them, that were thrown away',
    labels: ['bot'],
    watch: (events, add) => events.on('line:filtered', ({ bot }) => add({ bot })),
  },
  {
    name: 'chorus_disconnects_total',
    help: 'Connections to chat that were lost',
    labels: ['bot'],
    zero: (bots) => bots.map((bot) => ({ bot })),
    watch: (events, add) => events.on('bot:disconnected', ({ bot }) => add({ bot })),
  },
  {
    name: 'chorus_model_requests_total',
    help: 'Requests to a model, by how they ended',
    labels: ['model', 'result'],
    watch: (events, add) => {
      events.on('model:answered', ({ model }) => add({ model, result: 'answered' }))
      events.on('model:failed', ({ model }) => add({ model, result: 'failed' }))
    },
  },
  {
    name: 'chorus_model_errors_total',
    help: 'Requests to a model that failed, by the code of the error',
    labels: ['model', 'code'],
    watch: (events, add) => events.on('model:failed', ({ model, error: { code } }) => add({ model, code })),
  },
  {
    name: 'chorus_model_request_seconds',
    help: 'Until a model has answered',
    labels: ['model'],
    buckets: MODEL_BUCKETS,
    watch: (events, add) =>
      events.on('model:answered', ({ model, tookMs }) => add({ model }, tookMs / SECOND)),
  },
  {
    name: 'chorus_model_tokens_total',
    help: 'Tokens used',
    labels: ['model'],
    watch: (events, add) => events.on('model:answered', ({ model, tokens }) => add({ model }, tokens)),
  },
  {
    name: 'chorus_errors_total',
    help: 'Faults inside Chorus, which went on',
    labels: [],
    watch: (events, add) => events.on('error', () => add({})),
  },
]
