import type { ChorusStatus } from '../../chorus.js'
import type { EpisodeState } from './episode.js'
import { type Note, type Surroundings, toNotes } from './note.js'
import type { Glance } from './snapshot.js'
import { toForeseen } from './span.js'

/** All that a glance is made of. */
export interface Situation extends Surroundings {
  readonly status: ChorusStatus
  readonly episode: EpisodeState | undefined
  /** What was said at the start and still holds, in full sentences. */
  readonly remarks: readonly string[]
}

/** Notes shown: a bot may be shut out of a hundred channels. */
const NOTES_MAX = 20
const NOBODY: EpisodeState = { asked: 0, answered: 0, viewersWaiting: 0, mentionsWaiting: 0 }

/** How it goes, for who looks for a second: one light, one sentence, and what else should be known. */
export function toGlance(situation: Situation): Glance {
  const notes = toNotes(situation.status, situation)
  const sentence = toSentence(situation, notes)
  const others = notes.map(({ text }) => text).filter((text) => !isSaid(text, sentence))
  return {
    light: toLight(situation, notes),
    sentence,
    notes: shorten([...others, ...situation.remarks]),
  }
}

function toLight({ status, episode = NOBODY }: Situation, notes: readonly Note[]): Glance['light'] {
  const isOut = status.chat.joined.length === 0 && status.state !== 'stopped'
  if (isOut || notes.some(({ isTrouble }) => isTrouble)) return 'trouble'
  // Whoever has muted all of them may have forgotten it.
  return episode.mentionsWaiting > 0 || isSilent(status) ? 'busy' : 'well'
}

/** The first that holds: what makes all else wrong, what everybody looks at, what is as ever. */
function toSentence({ status, episode = NOBODY }: Situation, notes: readonly Note[]): string {
  const { state, chat, model } = status
  if (state === 'stopped') return `Chorus has stopped${left(status, episode)}`
  if (state === 'draining') return stopping(episode)
  if (chat.joined.length === 0) return 'No bot is in chat'
  const waiting = episode.mentionsWaiting > 0 ? viewersWait(episode) : undefined
  const who = waiting === undefined ? '' : `: ${waiting}`
  if (model.answeredBy === 'nobody') return `The model does not answer${who}`
  const trouble = notes.find(({ isTrouble }) => isTrouble)
  if (isSilent(status) && (waiting !== undefined || trouble === undefined)) return `Every bot is muted${who}`
  const soon = doneIn(status)
  if (episode.raid) return `${raidOf(episode.raid)}: ${progress(episode, soon)}`
  const standIn = toStandIn(model)
  if (standIn !== undefined) return waiting === undefined ? standIn : `${standIn}, ${waiting}${soon}`
  if (waiting !== undefined) return `${waiting}${soon}`
  // While nobody waits there is room to say what somebody should look at.
  return trouble ? unended(trouble.text) : 'All quiet: nobody waits'
}

/** Whether the sentence says it already, alone or with who waits for it. */
function isSaid(note: string, sentence: string): boolean {
  return sentence === unended(note) || sentence.startsWith(`${unended(note)}: `)
}

/** Whether it runs, and every bot is muted. */
function isSilent({ chat: { bots }, controls: { muted }, state }: ChorusStatus): boolean {
  return state === 'running' && bots.every(({ bot }) => muted.some((mute) => mute.bot === bot))
}

/** As a sentence at the top stands: like a headline. */
function unended(text: string): string {
  return text.replace(/\.$/, '')
}

/** What the end has left, and what becomes of it. */
function left({ isDurable }: ChorusStatus, { mentionsWaiting }: EpisodeState): string {
  if (mentionsWaiting === 0) return ''
  const isOne = mentionsWaiting === 1
  const fate = isDurable
    ? `${isOne ? 'waits' : 'wait'} for the next start`
    : `${isOne ? 'has' : 'have'} no answer`
  return `: ${counted(mentionsWaiting, 'mention')} ${fate}`
}

function stopping({ mentionsWaiting }: EpisodeState): string {
  if (mentionsWaiting === 0) return 'Stopping: nobody waits any more'
  return `Stopping: ${counted(mentionsWaiting, 'answer')} to go`
}

function viewersWait({ viewersWaiting }: EpisodeState): string {
  return `${counted(viewersWaiting, 'viewer')} ${viewersWaiting === 1 ? 'waits' : 'wait'}`
}

function raidOf({ from, viewers }: NonNullable<EpisodeState['raid']>): string {
  return `Raid from ${from}, ${counted(viewers, 'viewer')}`
}

function progress({ answered, asked, mentionsWaiting }: EpisodeState, soon: string): string {
  if (asked === 0) return 'nobody has asked anything yet'
  if (mentionsWaiting > 0) return `${answered} of ${asked} answered${soon}`
  return answered === asked ? `all ${asked} answered` : `${answered} of ${asked} answered, nobody waits`
}

/** Who makes the lines, where the first model does not. */
function toStandIn({ answeredBy, tokens }: ChorusStatus['model']): string | undefined {
  if (answeredBy === 'fallback') return 'The model does not answer: the fallback stands in'
  if (answeredBy !== 'template') return undefined
  const why = tokens.level === 'spent' ? 'The day’s tokens are spent' : 'The model does not answer'
  return `${why}: template lines stand in`
}

/**
 * When the last of those who wait will have their answer: as far as the slowest lane can tell. Nothing where nobody waits in a
 * lane that gets on.
 */
function doneIn({ lanes }: ChorusStatus): string {
  const known = Object.values(lanes)
    .filter(({ viewers }) => Object.values(viewers).some((count) => count > 0))
    .flatMap(({ doneMs }) => (Number.isFinite(doneMs) ? [doneMs] : []))
  return known.length > 0 ? `, done in about ${toForeseen(Math.max(...known))}` : ''
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function shorten(notes: readonly string[]): string[] {
  if (notes.length <= NOTES_MAX) return [...notes]
  const shown = notes.slice(0, NOTES_MAX - 1)
  return [...shown, `There are ${notes.length - shown.length} further notes.`]
}
