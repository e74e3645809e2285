/**
 * A reply as far as its line has to be found: whose it is, and what its outcome says.
 *
 * @typedef {object} OwedReply
 * @property {string} id `bot/message`
 * @property {string} viewer login of the one who asked
 * @property {string | undefined} [line] the id of the line that its outcome claims
 * @property {boolean} [mayShare] it ended as sent and claims no line: whichever line calls its viewer may be its own
 */

/**
 * What an account wrote, as Twitch's ledger has it.
 *
 * @typedef {object} SaidLine
 * @property {string} account
 * @property {string} text
 * @property {string} [replyParent]
 * @property {string} verdict
 * @property {{ readonly id: string }} [shown]
 */

/**
 * Which replies each delivered line answers, judged by the line and not by what Chorus believes: a threaded one answers the
 * message it is threaded to, any other one each viewer whom it calls. Of a viewer's several replies it answers those that
 * claim it; where none does, those that claim no line; and where there are none of these either, all of them, so that a
 * second answer is counted as one.
 *
 * @template {SaidLine} Line
 * @param {readonly Line[]} attempts
 * @param {readonly OwedReply[]} replies
 * @returns {Map<Line, readonly string[]>} ids of replies by line; none for a line that answers nobody
 */
export function lineAnswers(attempts, replies) {
  const delivered = attempts.filter(({ verdict }) => verdict === 'delivered')
  const owed = groupBy(replies, ({ id, viewer }) => placeOf(botOf(id), viewer))
  const viewers = new Map(replies.map(({ id, viewer }) => [id, viewer]))
  const threads = new Set(delivered.filter(isThreaded).map(taskOf))
  const answers = /** @type {Map<Line, readonly string[]>} */ (new Map())
  for (const line of delivered) {
    const asked = isThreaded(line) ? viewers.get(taskOf(line)) : undefined
    const called = isThreaded(line) ? (asked === undefined ? [] : [asked]) : viewersCalled(line.text)
    const ids = called.flatMap((viewer) => {
      const own = owed.get(placeOf(line.account, viewer)) ?? []
      const claiming = own.filter((reply) => reply.line !== undefined && reply.line === line.shown?.id)
      if (claiming.length > 0) return claiming
      const sharing = own.filter(({ id, mayShare }) => mayShare && !threads.has(id))
      return isThreaded(line) || sharing.length > 0 ? sharing : own
    })
    const threaded = isThreaded(line) && viewers.has(taskOf(line)) ? [taskOf(line)] : []
    answers.set(line, [...new Set([...threaded, ...ids.map(({ id }) => id)])])
  }
  return answers
}

/**
 * How often each reply was answered.
 *
 * @param {ReadonlyMap<unknown, readonly string[]>} answers
 */
export function timesAnswered(answers) {
  const times = /** @type {Map<string, number>} */ (new Map())
  for (const ids of answers.values()) for (const id of ids) times.set(id, (times.get(id) ?? 0) + 1)
  return times
}

/**
 * Logins that a line calls.
 *
 * @param {string} text
 */
export function viewersCalled(text) {
  return Array.from(text.matchAll(/@(\w+)/g), ([, name = '']) => name.toLowerCase())
}

/** @param {Pick<SaidLine, 'replyParent'>} line */
export const isThreaded = ({ replyParent }) => replyParent !== undefined

/** @param {Pick<SaidLine, 'account' | 'replyParent'>} line the reply whose message it is threaded to */
export const taskOf = ({ account, replyParent }) => `${account}/${replyParent}`

/** @param {string} id */
export const botOf = (id) => id.split('/')[0] ?? id

const placeOf = (/** @type {string} */ bot, /** @type {string} */ viewer) => `${bot} ${viewer.toLowerCase()}`

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 */
export function groupBy(items, keyOf) {
  const groups = /** @type {Map<string, T[]>} */ (new Map())
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
