/** Shorter pieces V8 copies by itself. */
const VIEWED_FROM = 13

/**
 * The same text in memory of its own. V8 keeps a piece cut from a string as a view of the whole: a short text would
 * hold the frame it came in, with all the other lines of it, for as long as its reply waits.
 */
export function ownCopy(text: string): string {
  return text.length < VIEWED_FROM ? text : ` ${text}`.slice(1)
}
