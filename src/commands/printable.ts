/** Without control and hidden characters: what somebody writes in chat must neither steer the terminal nor hide in it. */
export function printable(text: string): string {
  // The joiner inside an emoji is what makes it one.
  return text.replace(/\p{Cc}|[\u2028\u2029]|(?!\u200d)\p{Cf}/gu, '')
}

/** The same in one line and at most so many columns wide; a cut is seen as one. */
export function printableWithin(text: string, columns: number): string {
  const line = printable(text.replace(/\s+/g, ' ').trim())
  let width = 0
  let cutAt = 0
  for (const { segment, index } of GRAPHEMES.segment(line)) {
    // Where a cut leaves room for the mark that tells of it.
    if (width <= columns - 1) cutAt = index
    width += WIDE.test(segment) ? 2 : 1
    if (width > columns) return `${line.slice(0, cutAt)}…`
  }
  return line
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })
/** What terminals show two columns wide, as far as chat is concerned. */
const WIDE =
  /\p{Emoji_Presentation}|\ufe0f|\p{sc=Han}|\p{sc=Hiragana}|\p{sc=Katakana}|\p{sc=Hangul}|[\u3000-\u303f\uff01-\uff60]/u
