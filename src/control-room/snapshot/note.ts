import type { ChorusStatus } from '../../chorus.js'
import { MINUTE } from '../../clock.js'
import type { BotLogin } from '../../domain.js'
import { JOURNAL_REFUSES } from './readiness.js'
import type { DemoState } from './snapshot.js'
import { toSpan } from './span.js'

/** Something that should be known beside what everybody sees. */
export interface Note {
  readonly text: string
  /** Somebody should look, and soon. */
  readonly isTrouble: boolean
}

/** A mention that has waited for longer is more than a rush. */
const WAIT_MAX_MS = 5 * MINUTE
const PERCENT = 100

/** What Chorus runs in. */
export interface Surroundings {
  /** Whether there is a data folder. */
  readonly hasJournal: boolean
  /** Only in the demo. */
  readonly demo?: Pick<DemoState, 'canModelBeAway' | 'isModelAway'> | undefined
}

/** All there is to note, the most pressing first. */
export function toNotes(status: ChorusStatus, surroundings: Surroundings): Note[] {
  return [
    ...pressing(status, surroundings).map((text) => ({ text, isTrouble: true })),
    ...worthKnowing(status, surroundings).map((text) => ({ text, isTrouble: false })),
  ]
}

function pressing(status: ChorusStatus, { demo, hasJournal }: Surroundings): string[] {
  const { chat, deadLetters, isDurable, lanes, model } = status
  const isRunning = status.state !== 'stopped'
  return [
    ...chat.parked.map(({ bot, reason }) => ended(`${bot} is parked: ${reason}`)),
    ...(chat.joined.length === 0 ? absent(status) : []),
    ...closedRooms(status, { areAll: true }),
    ...(model.answeredBy === 'nobody' ? [modelAway(model, demo), 'Nothing stands in for it.'] : []),
    ...(hasJournal && !isDurable && isRunning ? [JOURNAL_REFUSES] : []),
    ...Object.entries(lanes)
      .filter(([, { oldestMs }]) => oldestMs > WAIT_MAX_MS)
      .map(([bot, { oldestMs }]) => `A mention of ${bot} has waited for ${toSpan(oldestMs)}.`),
    ...(deadLetters > 0 ? [deadLettersWait(deadLetters)] : []),
  ]
}

function worthKnowing(status: ChorusStatus, { demo }: Surroundings): string[] {
  const { chat, model } = status
  return [
    ...(model.state === 'away' && model.answeredBy !== 'nobody' ? [modelAway(model, demo)] : []),
    ...(model.fallback?.state === 'away' && model.answeredBy !== 'nobody'
      ? [modelAway(model.fallback, demo)]
      : []),
    ...tokens(status),
    ...(chat.joined.length > 0 ? absent(status) : []),
    ...closedRooms(status, { areAll: false }),
    ...controls(status),
  ]
}

/** Bots that are in no channel, though nothing keeps them out. */
function absent({ chat, state }: ChorusStatus): string[] {
  if (state !== 'running') return []
  return chat.bots
    .filter(({ joined, reason }) => joined.length === 0 && reason === undefined)
    .map(({ bot }) => `${bot} is not in chat: it connects by itself.`)
}

/**
 * Of the bots that may talk in some of their channels, or in none. Where one is parked there is nothing to say of its rooms.
 */
function closedRooms({ chat }: ChorusStatus, { areAll }: { readonly areAll: boolean }): string[] {
  return chat.bots
    .filter(({ reason }) => reason === undefined)
    .filter(({ rooms }) => rooms.every(({ closedReason }) => closedReason !== undefined) === areAll)
    .flatMap(({ bot, rooms }) =>
      rooms.flatMap(({ channel, closedReason }) =>
        closedReason === undefined ? [] : [ended(`${bot} may not talk in ${channel}: ${closedReason}`)],
      ),
    )
}

function modelAway(
  endpoint: ChorusStatus['model'] | NonNullable<ChorusStatus['model']['fallback']>,
  demo: Surroundings['demo'],
): string {
  if (endpoint.state !== 'away') return ''
  const { advice, awayMs, model, reason } = endpoint
  if (demo?.canModelBeAway) return builtInAway(awayMs, demo)
  return `${ended(`The model ${model} has not answered for ${toSpan(awayMs)}: ${reason}`)} ${ended(advice)}`
}

/** Its address and the settings of a real one would tell nobody anything. */
function builtInAway(awayMs: number, { isModelAway }: NonNullable<Surroundings['demo']>): string {
  const after = isModelAway ? '“Model outage” brings it back.' : 'It is asked again by itself.'
  return `The built-in model has been away for ${toSpan(awayMs)}. ${after}`
}

function tokens({ model }: ChorusStatus): string[] {
  switch (model.tokens.level) {
    case 'low':
      return ['The day’s tokens run low: only mentions are answered.']
    case 'spent':
      return ['The day’s tokens are spent: template lines stand in for the model until midnight UTC.']
    default:
      return []
  }
}

function controls({ chat: { bots }, controls: turned }: ChorusStatus): string[] {
  const { chance, isCalm, isChancePaused, muted } = turned
  return [
    ...(muted.length > 0 && muted.length === bots.length && muted.every(({ leftMs }) => leftMs === undefined)
      ? ['Every bot is muted.']
      : muted.map(({ bot, leftMs }) => mutedNote(bot, leftMs))),
    ...(isCalm ? ['Calm is on: nobody talks unasked.'] : []),
    ...(isChancePaused ? ['Chance replies are paused.'] : []),
    ...(chance === undefined
      ? []
      : [`The chance of unasked replies is set to ${Math.round(chance * PERCENT)} %.`]),
  ]
}

function mutedNote(bot: BotLogin, leftMs: number | undefined): string {
  return leftMs === undefined
    ? `${bot} is muted until it is unmuted.`
    : `${bot} is muted for another ${toSpan(leftMs)}.`
}

function deadLettersWait(count: number): string {
  return count === 1
    ? 'One question has no answer: try it again below, or give it up.'
    : `${count} questions have no answer: try them again below, or give them up.`
}

/** Reasons come from many hands, with a full stop or without. */
function ended(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}
