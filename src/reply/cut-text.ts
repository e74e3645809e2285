/** An end before this share of what fits would throw away more than it saves. */
const SENTENCE_SHARE_MIN = 0.4
const WORD_SHARE_MIN = 0.6

/** Points, with the quotes and brackets they close, before a space; signs of scripts without spaces need none. */
const SENTENCE_END = /(?:[.!?…]["'”’»)\]]{0,3}(?= |$)|[。！？][」』”’）]{0,3})/g

/**
 * At most `maxUnits` UTF-16 units of a text: up to the end of a sentence, else of a word, else of a whole character
 * as people see it (a grapheme cluster), never inside one. Empty when the first character alone is too long.
 */
export function cutText(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text
  const characters = new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text)
  const fits = characters.containing(maxUnits)?.index ?? 0
  const end = lastSentenceEnd(text, fits) ?? lastWordEnd(text, fits) ?? fits
  return text.slice(0, end)
}

function lastSentenceEnd(text: string, fits: number): number | undefined {
  const ends = Array.from(
    text.slice(0, fits + 1).matchAll(SENTENCE_END),
    (match) => match.index + match[0].length,
  )
  return ends.findLast((end) => end <= fits && end >= fits * SENTENCE_SHARE_MIN)
}

function lastWordEnd(text: string, fits: number): number | undefined {
  const space = text.lastIndexOf(' ', fits)
  return space >= fits * WORD_SHARE_MIN ? space : undefined
}
