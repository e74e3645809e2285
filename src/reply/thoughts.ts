/**
 * A tag around what a model only thinks, opening or closing, in any case. Every part is bounded, so that a megabyte
 * of `<` costs no more than a megabyte.
 */
const TAG = /<\s{0,8}(\/?)\s{0,8}(?:think|thinking|thought|thoughts|reasoning)(?![\w-])[^<>]{0,100}>/gi

/**
 * What a model says without what it thinks. A block without an end reaches to the end of the text; an end without a
 * beginning means that all before it was thought: some servers' chat templates write the beginning themselves.
 */
export function withoutThoughts(text: string): string {
  let spoken = ''
  let from = 0
  let depth = 0
  for (const tag of text.matchAll(TAG)) {
    const isEnd = tag[1] === '/'
    if (depth === 0) spoken = isEnd ? '' : `${spoken}${text.slice(from, tag.index)}\n`
    depth = Math.max(0, depth + (isEnd ? -1 : 1))
    from = tag.index + tag[0].length
  }
  return depth > 0 ? spoken : spoken + text.slice(from)
}
