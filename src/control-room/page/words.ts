import type { RecentLine, WaitingReply } from '../snapshot/snapshot.js'

const SECONDS_MAX = 90
const MINUTES_MAX = 90

/** `24 s`, `80 s`, `3 min`, `2 h`: a time that is read, not computed with, in the units that the sentence at the top has. */
export function toTime(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < SECONDS_MAX) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < MINUTES_MAX ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

/** Steps of what is foreseen, in seconds, from how many seconds on: the same as in the sentence at the top. */
const STEPS = [
  { over: 60, step: 10 },
  { over: 20, step: 5 },
]

/** A time that is only foreseen: `9 s`, `25 s`, `100 s`, `3 min`, in steps beyond twenty seconds. */
export function toForeseen(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000))
  const step = STEPS.find(({ over }) => seconds > over)?.step ?? 1
  const rounded = Math.round(seconds / step) * step
  return rounded < 120 ? `${rounded} s` : toTime(rounded * 1000)
}

/** A sentence with its full stop: advice comes with one or without. */
export function ended(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}

/** `1 line`, `20 lines`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`
}

/** With thin spaces: 12 345. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, '\u202f')
}

/** A name, or what stands between names. */
export interface NamePiece {
  readonly text: string
  readonly isName: boolean
}

/** `@ann`, `@ann and @bob`, `@ann, @bob and 4 more`, in pieces: names are others’ text, and each is to be shown apart. */
export function toNames(viewers: readonly string[], most: number): NamePiece[] {
  const names = viewers.slice(0, most).map((name) => ({ text: `@${name}`, isName: true }))
  const left = viewers.length - names.length
  const all = left > 0 ? [...names, { text: `${left} more`, isName: false }] : names
  return all.flatMap((piece, place) => {
    if (place === 0) return [piece]
    return [{ text: place === all.length - 1 ? ' and ' : ', ', isName: false }, piece]
  })
}

/** What a reply does now, to a person. */
export const STATES: Readonly<Record<WaitingReply['state'], string>> = {
  waiting: 'waits its turn',
  working: 'is being written',
  ready: 'is about to be said',
  held: 'is on hold',
}

/** What became of a line: a sign, which is not told by its colour alone, and words. */
export const RESULTS: Readonly<
  Record<RecentLine['result'], { readonly sign: string; readonly words: string }>
> = {
  sent: { sign: '✓', words: 'Sent' },
  joint: { sign: '✓', words: 'Sent to several' },
  'in-doubt': { sign: '?', words: 'In doubt' },
  'held-by-automod': { sign: '‖', words: 'Held by AutoMod' },
  refused: { sign: '✕', words: 'Refused' },
  withdrawn: { sign: '↩', words: 'Withdrawn' },
  expired: { sign: '◌', words: 'Expired' },
  dead: { sign: '■', words: 'Failed' },
}
