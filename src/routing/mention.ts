import type { Bot, BotLogin } from '../domain.js'
import { escapePattern } from '../escape-pattern.js'

/**
 * What may stand right behind a name: no letter, digit or `_`, so that `@ava` is not in `@avatar`. Letters of scripts
 * that attach particles or write without spaces end the name, too: `@ava님`, `@avaさん`.
 */
const NAME_ENDS = String.raw`(?:(?=[\p{sc=Hangul}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}])|(?![\p{L}\p{N}_]))`
const AT_NAME_BEGINS = String.raw`(?<![\p{L}\p{N}_])@`
/** Without `@`, none may stand before it either: `x@ava.com` names nobody. */
const BARE_NAME_BEGINS = String.raw`(?<![\p{L}\p{N}_@])`

const BEYOND_ASCII = /[^\x20-\x7e]/
/** Characters nobody sees; clients append some so that a repeated line looks new to Twitch. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}+/gu

/**
 * Finds the bots that a text mentions: `@login` or `@alias` as a whole token, an alias also without `@`, in any case.
 * Look-alike letters are other letters. An alias that several bots share mentions all of them.
 */
export class MentionFinder {
  readonly #pattern: RegExp
  /** Folded. */
  readonly #aliases: readonly string[]
  readonly #bots = new Map<string, BotLogin[]>()

  constructor(bots: readonly Pick<Bot, 'login' | 'aliases'>[]) {
    const aliases = bots.flatMap((bot) => bot.aliases)
    this.#aliases = aliases.map(fold)
    for (const bot of bots) {
      for (const name of [bot.login, ...bot.aliases])
        this.#bots.set(fold(name), [...this.#named(name), bot.login])
    }
    const atName = AT_NAME_BEGINS + anyOf([...bots.map((bot) => bot.login), ...aliases])
    const bareName = aliases.length > 0 ? `|${BARE_NAME_BEGINS}${anyOf(aliases)}` : ''
    this.#pattern = new RegExp(`(?:${atName}${bareName})${NAME_ENDS}`, 'gu')
  }

  /** The bots mentioned, each once, in the order of the text. */
  find(text: string): BotLogin[] {
    // Most lines hold nothing invisible and name nobody: quick looks spare them the patterns.
    const visible = BEYOND_ASCII.test(text) ? text.replace(INVISIBLE, '') : text
    if (!visible.includes('@') && !this.#holdsAlias(fold(visible))) return []
    const found = new Set<BotLogin>()
    for (const [match] of visible.matchAll(this.#pattern)) {
      for (const bot of this.#named(match.replace(/^@/, ''))) found.add(bot)
    }
    return [...found]
  }

  #holdsAlias(folded: string): boolean {
    return this.#aliases.some((alias) => folded.includes(alias))
  }

  #named(name: string): readonly BotLogin[] {
    return this.#bots.get(fold(name)) ?? []
  }
}

function fold(name: string): string {
  return name.toLowerCase()
}

/** A group that matches each name in any case, the longest first. */
function anyOf(names: readonly string[]): string {
  const longestFirst = [...names].sort((a, b) => b.length - a.length)
  return `(?:${longestFirst.map(inAnyCase).join('|')})`
}

/** Spelled out letter by letter: the `i` flag would take the Kelvin sign for a `k` and a long s for an `s`. */
function inAnyCase(name: string): string {
  return Array.from(name, (char) => {
    const cases = new Set(
      [char, char.toLowerCase(), char.toUpperCase()].filter((c) => fold(c) === fold(char)),
    )
    return `(?:${[...cases].map(escapePattern).join('|')})`
  }).join('')
}
