import {
  englishDataset,
  englishRecommendedTransformers,
  RegExpMatcher,
  resolveConfusablesTransformer,
  resolveLeetSpeakTransformer,
} from 'obscenity'
import { escapePattern } from '../escape-pattern.js'

/** Marks that stand for letters; digits that do are resolved by the library. */
const LETTER_MARKS: Readonly<Record<string, string>> = {
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
  '€': 'e',
  '+': 't',
}
/** What the library's list lacks and Twitch bans accounts for, in the spelling that the streamer's own terms have. */
const ALWAYS_BLOCKED = ['kys', 'kill yourself', 'kill urself', 'hang yourself', 'neck yourself']
const INVISIBLE_OR_MARK = /\p{Default_Ignorable_Code_Point}+|\p{M}+/gu
const MARK_INSIDE_WORD = /(?<=[\p{L}\p{N}])[^\p{L}\p{N}\s]+(?=[\p{L}\p{N}])/gu
/** Three or more single characters with space between them: a word spelled out. */
const SPELLED_OUT = /(?<![\p{L}\p{N}])[\p{L}\p{N}](?:[^\p{L}\p{N}]+[\p{L}\p{N}](?![\p{L}\p{N}])){2,}/gu
const REPEAT = /(.)\1+/gu

/**
 * Tells whether a line may be said: neither the library's list of slurs and obscenities nor the streamer's own terms are
 * in it, however they are spelled. The list is taken whole, mild words too: a false alarm costs a second try, a missed
 * slur costs the streamer the channel. A caller must take a throw as "no".
 */
export class WordFilter {
  readonly #matcher = new RegExpMatcher({ ...englishDataset.build(), ...englishRecommendedTransformers })
  readonly #terms: RegExp

  /** @param options `blockedTerms`: words and phrases, matched as whole words in any case and look-alike spelling */
  constructor({ blockedTerms }: { readonly blockedTerms: readonly string[] }) {
    const terms = [...ALWAYS_BLOCKED, ...blockedTerms].map((term) => skeleton(fold(term)).trim())
    const anyTerm = terms
      .filter(Boolean)
      .map((term) => escapePattern(term).replace(/\s+/gu, String.raw`\s+`))
      .join('|')
    this.#terms = new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${anyTerm})(?![\p{L}\p{N}])`, 'u')
  }

  /** Whether nothing blocked is in the text. Linear in its length. */
  allows(text: string): boolean {
    return readings(text).every(
      (reading) => !this.#matcher.hasMatch(reading) && !this.#terms.test(skeleton(reading)),
    )
  }
}

/** The ways in which a viewer may read a text: as it stands, and with what was put between its letters taken out. */
function readings(text: string): string[] {
  const folded = fold(text)
  const withLetters = folded.replace(/[@$!|€+]/gu, (mark) => LETTER_MARKS[mark] ?? mark)
  return [...new Set([folded, joined(folded), joined(withLetters)])]
}

function joined(text: string): string {
  return text
    .replace(MARK_INSIDE_WORD, '')
    .replace(SPELLED_OUT, (letters) => letters.replace(/[^\p{L}\p{N}]+/gu, ''))
}

/** Compatibility forms (full width, mathematical letters) as plain ones, without accents and invisible characters. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(INVISIBLE_OR_MARK, '').toLowerCase()
}

const confusables = resolveConfusablesTransformer()
const leetSpeak = resolveLeetSpeakTransformer()

/** What look-alike spellings have in common: their letters resolved, each run of one letter as one. */
function skeleton(folded: string): string {
  const letters = Array.from(folded, (char) => {
    const transform = /\d/.test(char) ? leetSpeak.transform : confusables.transform
    const letter = transform(char.codePointAt(0) ?? 0)
    return letter === undefined ? char : String.fromCodePoint(letter)
  })
  return letters.join('').toLowerCase().replace(REPEAT, '$1')
}
