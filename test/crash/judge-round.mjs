import { botOf, groupBy, isThreaded, lineAnswers, taskOf } from '../support/line-answers.mjs'
import { linesInDoubt, linesInState } from './journal-lines.mjs'

/** @import { Breach, SendAttempt } from '../../dist/simulator/twitch-ledger.js' */
/** @import { Evidence } from './crash-round.mjs' */
/** @import { SettledRow } from './read-journal.mjs' */

/**
 * What must not be found in any round; each is a list of replies, lines or sentences.
 *
 * @typedef {object} Failures
 * @property {readonly string[]} lost accepted, and neither shown nor left in doubt
 * @property {readonly string[]} twice shown more than once
 * @property {readonly string[]} missingOutcome accepted, and without an outcome at the end
 * @property {readonly string[]} wrongOutcome sent without a doubt and not shown, or by another line than it claims; ended
 *   otherwise and shown; or ended twice
 * @property {readonly string[]} notSent dead, expired or withdrawn, without having been in work in three dead processes
 * @property {readonly string[]} strays lines in chat that answer no accepted reply
 * @property {readonly string[]} unanswered viewers none of whose questions was accepted
 * @property {readonly string[]} tooManyInDoubt accounts with more lines in doubt than there were kills and lines unanswered
 * @property {readonly string[]} breaches of Twitch’s limits
 * @property {readonly string[]} problems
 */

/**
 * What became of a round.
 *
 * @typedef {object} Verdict
 * @property {boolean} isOk
 * @property {Failures} failures
 * @property {number} kills
 * @property {number} inMidWork kills at which accepted replies had no outcome yet
 * @property {number} asked questions, those that were asked again among them
 * @property {number} accepted
 * @property {number} unheard questions that no process had accepted
 * @property {number} unanswered lines that got no answer while a process lived on: on a loaded machine a fast clock makes that happen
 * @property {number} jointLines lines in chat that answer several viewers
 * @property {number} sharedLines lines in chat that answer several questions of one viewer
 * @property {number} inJoint kills at which several replies were to get one line
 * @property {number} inWriting lines that were being written at a kill
 * @property {number} repeated of these, the ones that ended as sent without a doubt: said again under Twitch’s rule on repetitions
 * @property {number} inDoubtShown replies
 * @property {number} inDoubtNotShown replies
 * @property {number} givenUp replies given up because four processes died at them
 */

const CRASHES_MAX = 4

/**
 * Holds against each other what viewers asked, what the journal recorded, and what reached chat.
 *
 * @param {Evidence} evidence
 * @returns {Verdict}
 */
export function judgeRound(evidence) {
  const { deaths, journal, questions } = evidence
  const accepted = acceptedOf(evidence)
  const answers = answersOf(accepted, evidence)
  const ends = accepted.map((id) => toEnd(id, answers, evidence))
  const inDoubt = ends.filter(({ row }) => row?.isInDoubt)
  const inWriting = linesInState(deaths, 'sending')
  const isSure = new Set(journal.settled.filter(({ isInDoubt }) => !isInDoubt).map(({ id }) => id))
  const failures = { ...failuresOf(ends, evidence), ...failuresAround(ends, answers, evidence) }
  return {
    isOk: Object.values(failures).every((found) => found.length === 0),
    failures,
    kills: deaths.length,
    inMidWork: deaths.filter(({ open }) => open.length > 0).length,
    asked: questions.length,
    accepted: accepted.length,
    unheard: questions.filter(({ task }) => !accepted.includes(task)).length,
    unanswered: evidence.unanswered.length,
    jointLines: [...answers].filter(([line, ids]) => !isThreaded(line) && ids.length > 1).length,
    sharedLines: [...answers].filter(([line, ids]) => isThreaded(line) && ids.length > 1).length,
    inJoint: deaths.filter(({ open }) => open.some(({ joint }) => joint !== undefined)).length,
    inWriting: inWriting.length,
    repeated: inWriting.filter((id) => isSure.has(id)).length,
    inDoubtShown: inDoubt.filter((end) => end.shown > 0).length,
    inDoubtNotShown: inDoubt.filter((end) => end.shown === 0).length,
    givenUp: ends.filter((end) => end.isGivenUp).length,
  }
}

/** @typedef {ReadonlyMap<SendAttempt, readonly string[]>} Answers replies by the line that answers them */

/**
 * @param {readonly string[]} accepted
 * @param {Evidence} evidence
 * @returns {Answers}
 */
function answersOf(accepted, { attempts, journal, questions }) {
  const viewers = new Map(questions.map(({ task, viewer }) => [task, viewer]))
  const rows = new Map(journal.settled.map((row) => [row.id, row]))
  return lineAnswers(
    attempts,
    accepted.map((id) => {
      const row = rows.get(id)
      const { line } = row ?? {}
      const mayShare = row?.outcome === 'sent' && line === undefined
      return { id, viewer: viewers.get(id) ?? '', mayShare, ...(line !== undefined && { line }) }
    }),
  )
}

/**
 * @typedef {object} End how an accepted reply has ended
 * @property {string} id
 * @property {number} shown
 * @property {boolean} isMisled whether it claims a line that does not answer it
 * @property {SettledRow | undefined} row
 * @property {number} rows how often it was settled
 * @property {boolean} isGivenUp
 */

/**
 * @param {string} id
 * @param {Answers} answers
 * @param {Evidence} evidence
 * @returns {End}
 */
function toEnd(id, answers, { deaths, journal }) {
  const rows = journal.settled.filter((settled) => settled.id === id)
  const [row] = rows
  const crashes = deaths.filter(({ open }) =>
    open.some((reply) => reply.id === id && reply.state === 'working'),
  )
  const isDead = row?.outcome === 'dead' && row.details.includes('"process-died"')
  const lines = [...answers].flatMap(([line, ids]) => (ids.includes(id) ? [line.shown?.id] : []))
  return {
    id,
    shown: lines.length,
    isMisled: row?.line !== undefined && !lines.includes(row.line),
    row,
    rows: rows.length,
    isGivenUp: isDead && crashes.length >= CRASHES_MAX,
  }
}

/**
 * @param {readonly End[]} ends
 * @param {Evidence} evidence
 */
function failuresOf(ends, { journal }) {
  const ids = (/** @type {(end: End) => boolean | undefined} */ isIt) =>
    ends.filter(isIt).map((end) => `${end.id} ${end.row?.outcome ?? 'no outcome'} ${end.row?.details ?? ''}`)
  const isOpen = (/** @type {End} */ { id }) => journal.open.some((open) => open.id === id)
  return {
    lost: ids(({ shown, row, isGivenUp }) => shown === 0 && !row?.isInDoubt && !isGivenUp),
    twice: ids(({ shown }) => shown > 1),
    missingOutcome: ids((end) => !end.row || isOpen(end)),
    wrongOutcome: ids(
      ({ isMisled, row, rows, shown }) => isMisled || rows > 1 || (row && isContradicted(row, shown)),
    ),
    notSent: ids(({ row, isGivenUp }) => row && row.outcome !== 'sent' && !isGivenUp),
  }
}

/**
 * @param {SettledRow} row
 * @param {number} shown
 */
function isContradicted({ outcome, isInDoubt }, shown) {
  return outcome === 'sent' ? !isInDoubt && shown === 0 : shown > 0
}

/**
 * @param {readonly End[]} ends
 * @param {Answers} answers
 * @param {Evidence} evidence
 */
function failuresAround(ends, answers, { attempts, breaches, deaths, problems, questions, unanswered }) {
  const accepted = new Set(ends.map(({ id }) => id))
  const viewers = new Map(questions.map(({ task, viewer }) => [task, viewer]))
  const heard = new Set(questions.filter(({ task }) => accepted.has(task)).map(({ viewer }) => viewer))
  const rows = ends.flatMap(({ row }) => (row?.isInDoubt ? [row] : []))
  const doubts = groupBy(rows, ({ id }) => botOf(id))
  const endsOf = (/** @type {string} */ bot) => deaths.length + unanswered.filter((one) => one === bot).length
  return {
    strays: [...answers].filter(([, ids]) => ids.length === 0).map(([line]) => nameOf(line)),
    unanswered: [...new Set(viewers.values())].filter((viewer) => !heard.has(viewer)),
    tooManyInDoubt: [...doubts]
      .map(([bot, own]) => ({ bot, count: linesInDoubt(own, viewers) }))
      .filter(({ bot, count }) => count > endsOf(bot))
      .map(({ bot, count }) => `${bot}: ${count} in doubt after ${endsOf(bot)} kills and lines unanswered`),
    breaches: breaches
      .filter((breach) => !isRepetition(breach, attempts))
      .map((breach) => describeBreach(breach, attempts)),
    problems,
  }
}

/**
 * Saying again what may not have been shown is what Twitch’s rule on repetitions is used for: only so may it be touched.
 *
 * @param {Breach} breach
 * @param {readonly SendAttempt[]} attempts
 */
function isRepetition({ account, kind, text }, attempts) {
  if (kind !== 'duplicate') return false
  const writes = groupBy(
    attempts.filter((line) => line.account === account && line.text === text),
    nameOf,
  )
  return [...writes.values()].some((same) => same.length > 1)
}

/**
 * With the lines of the account up to it, newest first: what a limit was broken by.
 *
 * @param {Breach} breach
 * @param {readonly SendAttempt[]} attempts
 */
function describeBreach({ account, kind, atMs, text }, attempts) {
  const lines = attempts
    .filter((line) => line.account === account && line.atMs <= atMs)
    .slice(-6)
    .reverse()
  const told = lines.map((line) => {
    const isSame = line.text === text ? ' the same' : ''
    return `${Math.round(line.atMs - atMs)} ms ${nameOf(line).slice(0, 12)} ${line.verdict}${isSame}`
  })
  return `${account}: ${kind} (${told.join(', ')})`
}

/** @param {Evidence} evidence */
function acceptedOf({ decided, deaths, journal }) {
  const rows = [...deaths, journal].flatMap(({ open, settled }) => [...open, ...settled])
  return [...new Set([...decided, ...rows.map(({ id }) => id)])]
}

/** @param {SendAttempt} line whom it is for, in short */
const nameOf = (line) => (isThreaded(line) ? taskOf(line) : `${line.account} ${line.text}`)
