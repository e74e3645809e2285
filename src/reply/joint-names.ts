import { escapePattern } from '../escape-pattern.js'

/** Somebody whom a joint line answers. */
export interface Viewer {
  readonly login: string
  readonly displayName: string
}

/** A piece of an answer and the viewer it is for; `undefined`: for somebody else, or nobody. */
export interface Piece {
  readonly viewer: number | undefined
  readonly text: string
}

/** Where a line names somebody at its start. `viewer` is undefined for a stranger. */
export interface Head {
  readonly viewer: number | undefined
  readonly rest: string
}

/** Marks that models put around a name, and at the end of the last piece before it; bounded, so that a row of them costs nothing. */
const OPEN = String.raw`["'“*_~\x60<\[(]{0,4}?`
const CLOSE = String.raw`["'”*_~\x60>\])]{0,4}`
const AT = '[@＠﹫]'
const NAME = String.raw`[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]{0,40}`
/** One that may begin a face is none: `ann :D`. */
const COLON = String.raw`(?:\s?：|\s?:(?=[\s"'“*_]|$)|:(?=[\p{L}\p{N}]{2}))`
const ARROW = String.raw`(?:\s{1,4}[-–—]{1,3}\s|\s{0,4}(?:->|=>|→))`
const BULLETS = String.raw`\s{0,8}(?:[-*+•>#]{1,6}\s{1,8}){0,3}`
const NUMBER = String.raw`\(?#?\d{1,3}[.):\]]\s{0,8}`
const TO = String.raw`(?:(?:(?:answer|reply)\s)?(?:to|for)\s)?`
/** The end of `**ann:** hi` stands behind the colon. */
const TAIL = String.raw`(?:[*_~\x60]{1,3}(?=\s|$))?\s*`

const BEFORE = String.raw`${BULLETS}(?:[*_]{0,3}${NUMBER}[*_]{0,3}\s{0,4})?${TO}`
/** `@ann hi`: the sign says enough. */
const CALLED = String.raw`${OPEN}${AT}(?<called>${NAME})${CLOSE}(?:${COLON}|${ARROW}|[,;.!]?(?=\s|$))`
/** `ann: hi`, `ann - hi`, and `ann` with the answer on the next line. */
const NAMED = String.raw`${OPEN}(?<named>${NAME})${CLOSE}(?:(?<colon>${COLON})|${ARROW}|\s*$)`
/** `<ann> hi`, as chats are printed. */
const BRACKETED = String.raw`[<\[(](?<bracketed>${NAME})[>\])](?=\s)`
const HEAD = new RegExp(`^${BEFORE}(?:${CALLED}|${NAMED}|${BRACKETED})${TAIL}`, 'iu')
/** A login, and letters of scripts that attach particles to a name or write without spaces. */
const LOGIN_AND_PARTICLE = /^(\w+)[\p{sc=Hangul}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u
/** Shorter ones are faces: `@_@`. */
const LOGIN_UNITS_MIN = 2

/** The viewers of a joint reply by all that a model may call them. */
export class JointNames {
  readonly #viewers = new Map<string, number>()
  readonly #marker: RegExp

  constructor(viewers: readonly Viewer[]) {
    // Logins first: a display name may be another viewer's login.
    for (const key of ['login', 'displayName'] as const) {
      for (const [at, viewer] of viewers.entries()) {
        const name = fold(viewer[key])
        if (name !== '' && !this.#viewers.has(name)) this.#viewers.set(name, at)
      }
    }
    const known = [...this.#viewers.keys()].map(escapePattern).join('|') || '(?!)'
    // Only where a word begins: what stands in one may be half of a secret, which must not be cut from the rest of it.
    this.#marker = new RegExp(
      String.raw`(?<![\p{sc=Latn}\p{N}_])(?:\d{1,3}[.)]\s{1,4})?${OPEN}(?:${AT}(?<called>${NAME})${CLOSE}(?:${COLON}|[,;])?|(?<named>${known})${CLOSE}${COLON})${TAIL}`,
      'giu',
    )
  }

  /** Who is meant by a name as a model writes it, with what is glued to it. */
  find(name: string): number | undefined {
    const folded = fold(name).replace(/^[@＠﹫]/u, '')
    const login = LOGIN_AND_PARTICLE.exec(folded)?.[1] ?? ''
    // A name may begin or end with what is a mark around another one.
    const [short, bare] = [folded.replace(/_+$/, ''), folded.replace(/^_+/, '')]
    return [folded, short, bare, bare.replace(/_+$/, ''), login]
      .map((each) => this.#viewers.get(each))
      .find((viewer) => viewer !== undefined)
  }

  /** Whom a line is for by its start, in any of the forms that lists have; nothing where it names nobody. */
  headOf(line: string): Head | undefined {
    const found = HEAD.exec(line)
    if (!found) return undefined
    const { called, named, bracketed, colon } = found.groups ?? {}
    const viewer = this.find(called ?? named ?? bracketed ?? '')
    const isStranger = called !== undefined || colon !== undefined
    return viewer === undefined && !isStranger ? undefined : { viewer, rest: line.slice(found[0].length) }
  }

  /** A text, cut wherever it turns to somebody else than `viewer`. The first piece is that viewer's. */
  pieces(text: string, viewer?: number): Piece[] {
    const pieces: Piece[] = []
    let from = 0
    let current = viewer
    for (const marker of text.matchAll(this.#marker)) {
      const name = marker.groups?.called ?? marker.groups?.named ?? ''
      const next = this.find(name)
      if ((next !== undefined && next === current) || isFace(name, next)) continue
      pieces.push({ viewer: current, text: text.slice(from, marker.index) })
      current = next
      from = marker.index + marker[0].length
    }
    return [...pieces, { viewer: current, text: text.slice(from) }]
  }
}

function isFace(name: string, viewer: number | undefined): boolean {
  return viewer === undefined && name.length < LOGIN_UNITS_MIN
}

function fold(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase()
}
