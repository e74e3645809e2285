/** @import { SendAttempt } from '../src/simulator/twitch-ledger.js' */

/**
 * What a viewer asked of a bot. Each viewer asks once.
 *
 * @typedef {{ id: string, login: string, bot: string, atMs: number }} Mention logins in lower case
 */

/**
 * What viewers saw of their answers.
 *
 * @typedef {object} Answers
 * @property {number[]} waitsMs from each mention that has an answer to its first one, in the order of the lines
 * @property {number} lastAtMs when the last viewer had an answer; NaN where nobody has one
 * @property {number} again names of viewers who had an answer from that bot before
 * @property {number} strangers names of others in a bot's lines: whom that bot owed nothing
 */

/** A name that is called as Twitch and its viewers read it: nothing that belongs to a word stands before the `@`. */
const CALLED = /(?<!\w)@(\w+)/g

/**
 * Who has an answer, from the lines that reached chat: a line answers a viewer that its bot was asked by, when it is
 * threaded to the question or calls the viewer by name. What anybody but the built-in Twitch says does not count.
 *
 * @param {readonly Mention[]} mentions
 * @param {readonly SendAttempt[]} lines in the order they came
 * @returns {Answers}
 */
export function toAnswers(mentions, lines) {
  const asked = new Map(mentions.map((mention) => [`${mention.bot}/${mention.login}`, mention]))
  const authors = new Map(mentions.map(({ id, login }) => [id, login]))
  const answered = new Set()
  /** @type {Answers} */
  const answers = { waitsMs: [], lastAtMs: Number.NaN, again: 0, strangers: 0 }
  for (const line of lines) {
    for (const login of namesIn(line, authors)) {
      const mention = asked.get(`${line.account}/${login}`)
      if (!mention) answers.strangers += 1
      else if (answered.has(mention)) answers.again += 1
      else {
        answered.add(mention)
        answers.waitsMs.push(line.atMs - mention.atMs)
        answers.lastAtMs = line.atMs
      }
    }
  }
  return answers
}

/**
 * Everybody a line answers, each once.
 *
 * @param {SendAttempt} line
 * @param {ReadonlyMap<string, string>} authors of the questions, by their id
 */
function namesIn({ text, shown, replyParent }, authors) {
  const names = new Set(
    [...(shown?.text ?? text).matchAll(CALLED)].map(([, name = '']) => name.toLowerCase()),
  )
  const author = replyParent === undefined ? undefined : authors.get(replyParent)
  if (author !== undefined) names.add(author)
  return names
}
