import { addressStart } from './link.js'

/** An end before this share of what fits would throw away more than it saves. */
const SENTENCE_SHARE_MIN = 0.4
const WORD_SHARE_MIN = 0.6

/** Points, with the quotes and brackets they close, before a space; signs of scripts without spaces need none. */
const SENTENCE_END = /(?:[.!?…]["'”’»)\]]{0,3}(?= |$)|[。！？][」』”’）]{0,3})/g
/** Shows that more was to come. */
const SIGN = '…'
/** Apart from an address, which would take the sign in. */
const SIGN_APART = ' …'
/** What joins a word to the next one, and means nothing at an end. */
const LOOSE_END = /[\s,;:–—-]{1,8}$/
/** A called name, as long as one can be; letters glued to it may go on for a whole line. */
const CALLED = /[@＠﹫]\p{M}{0,3}[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]{0,24}/gu

/**
 * At most `maxUnits` UTF-16 units of a text: up to the end of a sentence, else of a word, else of a whole character
 * as people see it (a grapheme cluster), never inside one, nor inside a called name or an address. What ends within a
 * sentence ends with `…`. Empty when nothing of it fits.
 */
export function cutText(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text
  const sentence = lastSentenceEnd(text, lastCharacterEnd(text, maxUnits))
  if (sentence !== undefined) return text.slice(0, sentence)
  const head = beginning(text, maxUnits - SIGN.length)
  if (!endsInAddress(head)) return head && head + SIGN
  const shorter = beginning(text, maxUnits - SIGN_APART.length)
  return shorter && shorter + (endsInAddress(shorter) ? SIGN_APART : SIGN)
}

function beginning(text: string, maxUnits: number): string {
  const fits = lastCharacterEnd(text, maxUnits)
  const end = wholeEnd(text, lastWordEnd(text, fits) ?? fits)
  return text.slice(0, end).replace(LOOSE_END, '')
}

function lastCharacterEnd(text: string, maxUnits: number): number {
  const characters = new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text)
  return characters.containing(maxUnits)?.index ?? 0
}

function lastSentenceEnd(text: string, fits: number): number | undefined {
  const ends = Array.from(
    text.slice(0, fits + 1).matchAll(SENTENCE_END),
    (match) => match.index + match[0].length,
  )
  const last = ends.findLast((end) => end <= fits && end >= fits * SENTENCE_SHARE_MIN)
  return last !== undefined && wholeEnd(text, last) === last ? last : undefined
}

function lastWordEnd(text: string, fits: number): number | undefined {
  const space = text.lastIndexOf(' ', fits)
  return space >= fits * WORD_SHARE_MIN ? space : undefined
}

/** The end itself or, where it is inside a called name or an address, the beginning of that: half of one is another one. */
function wholeEnd(text: string, end: number): number {
  const from = text.lastIndexOf(' ', end - 1) + 1
  const to = text.indexOf(' ', end)
  const word = text.slice(from, to < 0 ? text.length : to)
  const at = end - from
  if (at <= 0 || at >= word.length) return end
  const called = Array.from(word.matchAll(CALLED)).find(
    (name) => name.index < at && at < name.index + name[0].length,
  )
  return from + Math.min(at, called?.index ?? at, addressStart(word) ?? at)
}

function endsInAddress(text: string): boolean {
  return addressStart(text.slice(text.lastIndexOf(' ') + 1)) !== undefined
}
