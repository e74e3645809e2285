import type { LineKind } from './persona-kind.js'

/**
 * How a persona of the built-in model talks, as data. Every text is one sentence or two in plain characters. `{name}` stands for
 * one of `words[name]`, the same one all through a line; `{topic}`, only in `about`, for a word of the viewer's.
 */
export interface Voice {
  /** Beginnings of words, in lower case, that give the persona away in a system prompt. */
  readonly keywords: readonly string[]
  /** May stand before a line. */
  readonly openers: readonly string[]
  /** May stand after a line. */
  readonly closers: readonly string[]
  /** Say that this is the stand-in; stand after a line in place of a closer. */
  readonly winks: readonly string[]
  readonly words: Readonly<Record<string, readonly string[]>>
  readonly lines: Readonly<Record<LineKind, readonly string[]>>
  /** Lines that pick up a word of the viewer's. */
  readonly about: { readonly question: readonly string[]; readonly remark: readonly string[] }
}
