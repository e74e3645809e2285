import type { ChorusStatus } from '../../chorus.js'
import { SECOND } from '../../clock.js'
import { findUnready } from '../snapshot/readiness.js'
import type { Labels } from './counters.js'
import type { ProcessStatus } from './process-status.js'

/** Everything at one moment. */
export interface Moment {
  readonly status: ChorusStatus
  readonly process: ProcessStatus
  readonly hasJournal: boolean
}

/** A number that is looked up when somebody asks. */
export interface Gauged {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  /** It only grows, though nobody counts it here. */
  readonly isCounter?: true
  readonly read: (moment: Moment) => readonly (readonly [Labels, number])[]
}

const STATES = ['waiting', 'working', 'ready', 'held'] as const

/** A row per bot’s lane. */
function perLane(read: (lane: ChorusStatus['lanes'][string]) => number): Gauged['read'] {
  return ({ status }) => Object.entries(status.lanes).map(([bot, lane]) => [{ bot }, read(lane)])
}

/** A row per bot in chat. */
function perBot(read: (bot: ChorusStatus['chat']['bots'][number]) => number): Gauged['read'] {
  return ({ status }) => status.chat.bots.map((each) => [{ bot: each.bot }, read(each)])
}

/** One row. */
const once =
  (read: (moment: Moment) => number): Gauged['read'] =>
  (moment) => [[{}, read(moment)]]

/** Everything that is looked up. */
export const GAUGED: readonly Gauged[] = [
  {
    name: 'chorus_ready',
    help: '1 while /readyz says so',
    labels: [],
    read: once(({ status, hasJournal }) => (findUnready(status, { hasJournal }).length === 0 ? 1 : 0)),
  },
  {
    name: 'chorus_replies',
    help: 'Accepted replies without an outcome, by where they are',
    labels: ['bot', 'state'],
    read: ({ status }) =>
      Object.entries(status.lanes).flatMap(([bot, lane]) =>
        STATES.map((state) => [{ bot, state }, lane[state]] as const),
      ),
  },
  {
    name: 'chorus_backlog_replies',
    help: 'Accepted replies that nobody works on',
    labels: [],
    read: once(({ status }) => status.queue.global.size),
  },
  {
    name: 'chorus_oldest_wait_seconds',
    help: 'Age of the oldest mention that nobody works on',
    labels: ['bot'],
    read: perLane(({ oldestMs }) => oldestMs / SECOND),
  },
  {
    name: 'chorus_expected_wait_seconds',
    help: 'How long a mention that comes now would wait; absent where nobody can know',
    labels: ['bot'],
    read: (moment) =>
      perLane(({ expectedMs }) => expectedMs / SECOND)(moment).filter(([, seconds]) =>
        Number.isFinite(seconds),
      ),
  },
  {
    name: 'chorus_viewers_per_line',
    help: 'Viewers who share a line now',
    labels: ['bot'],
    read: perLane(({ viewersPerLine }) => viewersPerLine),
  },
  {
    name: 'chorus_send_budget_left',
    help: 'Lines that Twitch still allows the account now',
    labels: ['bot'],
    read: perBot(({ linesLeft }) => linesLeft),
  },
  {
    name: 'chorus_send_budget_max',
    help: 'Lines that Twitch allows the account in 30 seconds',
    labels: ['bot'],
    read: perBot(({ linesMax }) => linesMax),
  },
  {
    name: 'chorus_bot_state',
    help: '1 where it is so: in chat, parked, muted',
    labels: ['bot', 'state'],
    read: ({ status }) =>
      status.chat.bots.flatMap(({ bot, joined, reason, mutedReason }) => [
        [{ bot, state: 'joined' }, joined.length > 0 ? 1 : 0] as const,
        [{ bot, state: 'parked' }, reason === undefined ? 0 : 1] as const,
        [{ bot, state: 'muted' }, mutedReason === undefined ? 0 : 1] as const,
      ]),
  },
  {
    name: 'chorus_model_away',
    help: '1 while a model gets no requests, for it does not answer: its circuit breaker is open',
    labels: ['role', 'model'],
    read: ({ status: { model } }) => {
      const all = [
        { role: 'main', ...model },
        ...(model.fallback ? [{ role: 'fallback', ...model.fallback }] : []),
      ]
      return all.map(({ role, model: name, state }) => [{ role, model: name }, state === 'away' ? 1 : 0])
    },
  },
  {
    name: 'chorus_model_day_tokens',
    help: 'Tokens used today, UTC',
    labels: [],
    read: once(({ status }) => status.model.tokens.tokens),
  },
  {
    name: 'chorus_model_day_tokens_max',
    help: 'The ceiling of tokens per day; 0 for none',
    labels: [],
    read: once(({ status }) => status.model.tokens.perDay),
  },
  {
    name: 'chorus_dead_letters',
    help: 'Replies whose attempts are spent, and that wait for somebody',
    labels: [],
    read: once(({ status }) => status.deadLetters),
  },
  {
    name: 'chorus_journal_refuses',
    help: '1 while there is a data folder and the journal can’t be written',
    labels: [],
    read: once(({ status, hasJournal }) => (hasJournal && !status.isDurable ? 1 : 0)),
  },
  {
    name: 'chorus_event_loop_lag_seconds',
    help: 'How late timers were since the last look',
    labels: ['statistic'],
    read: ({ process: { lagSeconds } }) =>
      Object.entries(lagSeconds).map(([statistic, seconds]) => [{ statistic }, seconds]),
  },
  {
    name: 'chorus_process_cpu_seconds_total',
    help: 'Processor time used',
    labels: [],
    isCounter: true,
    read: once(({ process }) => process.cpuSeconds),
  },
  {
    name: 'chorus_process_resident_memory_bytes',
    help: 'Memory in use',
    labels: [],
    read: once(({ process }) => process.residentBytes),
  },
  {
    name: 'chorus_process_heap_used_bytes',
    help: 'JavaScript heap in use',
    labels: [],
    read: once(({ process }) => process.heapBytes),
  },
  {
    name: 'chorus_process_uptime_seconds',
    help: 'Since the process has started',
    labels: [],
    read: once(({ process }) => process.uptimeSeconds),
  },
  {
    name: 'chorus_build_info',
    help: 'Always 1; the versions are in the labels',
    labels: ['version', 'node'],
    read: ({ process: { version, node } }) => [[{ version, node }, 1]],
  },
]
