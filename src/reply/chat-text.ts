import { type ChatText, LINE_UNITS_MAX } from '../domain.js'
import { toPlainCharacters } from '../plain-characters.js'
import { cutText } from './cut-text.js'
import { withoutCommandStart, withoutOwnName, withoutQuotes } from './line-start.js'
import { withoutLinks } from './link.js'
import { withoutMarkdown } from './markdown.js'
import { withoutPings } from './ping.js'
import { holdsSecretShape } from './secret-shape.js'
import { withoutThoughts } from './thoughts.js'

/** What a line may hold, and for whom. */
export interface ChatTextRules {
  /** The bot's own login and aliases: such a name before the line is taken off. */
  readonly self: readonly string[]
  /** Logins or display names of the viewers being answered: only they may be pinged. */
  readonly answering: readonly string[]
  /** Other bots' command prefixes. */
  readonly prefixes: readonly string[]
  /** Whether links may stay. */
  readonly links: boolean
  /** Longest line, in UTF-16 units; 500 at most, whatever is asked for. */
  readonly maxUnits: number
}

/** A safe line, or why there is none. */
export type ChatTextResult =
  | { readonly kind: 'text'; readonly text: ChatText }
  | { readonly kind: 'refused'; readonly reason: 'empty' | 'secret' }

/** Units read of what a model wrote; the rest is dropped. Long thoughts fit in. */
const RAW_UNITS_MAX = 1_048_576
/** Units looked at of what it says; no line needs more, and all further steps stay cheap. */
const SPOKEN_UNITS_MAX = 4000
/** Passes over one text. Honest text is stable after two or three; what is not after so many was built not to be. */
const PASSES_MAX = 12

/**
 * Makes one harmless line of chat out of anything a model may write. Never throws; takes time linear in the length.
 *
 * For every string the result is either refused or: one line without control, bidi or other hidden characters;
 * well-formed; at most `maxUnits` long, cut at a sentence, else at a word or whole character with `…`; no command to
 * Twitch or another bot; without thoughts, markdown, own name and surrounding quotes; pinging only the viewers
 * answered; without links unless they are allowed; nothing shaped like a secret. A safe line stays as it is.
 *
 * What is seen is enough to be said: `:)` and `?!` are answers. Only where nothing visible is left, it is `empty`.
 */
export function toChatText(raw: string, rules: ChatTextRules): ChatTextResult {
  let text = raw.slice(0, RAW_UNITS_MAX)
  // One step may make what another has taken away: "@**bob**", "<thi<think></think>nk>". So all of them go round until
  // none finds anything, and that last pass is the proof.
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    const spoken = spokenPart(text)
    const line = toLine(spoken, rules)
    // Before anything is taken away and before anything is cut: half a secret is no shape any more, but half a secret.
    if (holdsSecretShape(toPlainCharacters(spoken)) || holdsSecretShape(line)) return refused('secret')
    const cut = cutText(line, unitsMax(rules))
    if (cut === '') return refused('empty')
    if (cut === text) return { kind: 'text', text: cut as ChatText }
    text = cut
  }
  return refused('empty')
}

/** Thoughts go first: they may be far longer than the line behind them. */
function spokenPart(text: string): string {
  const spoken = withoutThoughts(text)
  return spoken.length <= SPOKEN_UNITS_MAX ? spoken : withoutLastWord(spoken.slice(0, SPOKEN_UNITS_MAX))
}

/** The last word of a text cut anywhere may be half a word, half a secret or half a character. */
function withoutLastWord(text: string): string {
  return text.replace(/\S+$/, '') || cutText(text, text.length - 1)
}

function toLine(spoken: string, rules: ChatTextRules): string {
  const plain = toPlainCharacters(spoken)
  const words = withoutMarkdown(plain, rules.links).replace(/\s+/g, ' ').trim()
  const own = withoutQuotes(withoutOwnName(words, rules.self))
  const linked = rules.links ? own : withoutLinks(own)
  const said = withoutPings(linked, rules.answering)
  return withoutCommandStart(said, rules.prefixes).trim()
}

function unitsMax({ maxUnits }: ChatTextRules): number {
  return Math.max(0, Math.min(LINE_UNITS_MAX, Math.floor(maxUnits)))
}

function refused(reason: 'empty' | 'secret'): ChatTextResult {
  return { kind: 'refused', reason }
}
