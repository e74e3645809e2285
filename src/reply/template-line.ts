import { pick, type Random } from '../random.js'

/** Said by bots that have none of their own. They claim nothing, promise nothing and fit any persona. The name comes as plain words: the reply is threaded. */
const TEMPLATES: readonly string[] = [
  'Good one, {viewer}, let me chew on that a little.',
  'Hmm, {viewer}, that one made me think.',
  'You know how to keep a chat busy, {viewer}.',
  'I heard you, {viewer}, words are just slow today.',
  'That deserves a better line than I have right now, {viewer}.',
  '{viewer}, you have a way of putting things.',
  'Fair point, {viewer}, fair point.',
  'Now that is a thing to say, {viewer}.',
  'Noted, {viewer}. Very much noted.',
  'Let us leave that one hanging in the air for a moment, {viewer}.',
  'I would say something clever here, {viewer}, but it got away.',
  '{viewer}, you caught me between two thoughts.',
  'My best comeback is still loading, {viewer}.',
  'Interesting, {viewer}. Go on.',
  'Well, {viewer}, what do the others say?',
  'Chat, did you hear {viewer}?',
  '{viewer} with the hard ones again, and I am here for it.',
  'I need a sip of something before I touch that, {viewer}.',
  'Right, {viewer}. Give me a second with that.',
  'Who let {viewer} cook?',
  'That went straight over my head, {viewer}, try me again.',
  'I see you, {viewer}.',
  'Say no more, {viewer}. Or do, I am listening.',
  'You got me there, {viewer}.',
  'No notes, {viewer}, carry on.',
  'Speechless for once, {viewer}. Enjoy it.',
  'Hold that thought, {viewer}.',
  'One of those days, {viewer}: all ears and no answers.',
]

/**
 * A line to say in place of the model's: one of the bot's `own`, else a built-in one. It goes through the same text safety and
 * filters as any other line.
 */
export function templateLine(options: {
  readonly viewer: string
  readonly random: Random
  readonly own?: readonly string[] | undefined
}): string {
  const { own = [], random, viewer } = options
  return named(pick(random, own.length > 0 ? own : TEMPLATES), viewer)
}

/** Who is spoken to where no name is to be said. */
export const ANYONE = 'friend'

/**
 * The same for one viewer of a joint line, who has `unitsMax` of it and whose name stands there already: a template that
 * fits and is not in `taken` by another one, else any.
 */
export function templatePart(options: {
  readonly random: Random
  readonly own?: readonly string[] | undefined
  readonly unitsMax: number
  readonly taken: ReadonlySet<string>
}): string {
  const { own = [], random, taken, unitsMax } = options
  const builtIn = TEMPLATES.map(withoutAddress).filter((line) => !line.includes('{viewer}'))
  const lists = [own.map((line) => named(withoutAddress(line), ANYONE)), builtIn].map((lines) =>
    lines.filter((line) => line.length <= unitsMax),
  )
  const fresh = lists.map((lines) => lines.filter((line) => !taken.has(line)))
  return pick(random, [...fresh, ...lists, builtIn].find((lines) => lines.length > 0) ?? TEMPLATES)
}

/** A template without the name that it calls: `Noted, {viewer}.` becomes `Noted.` */
function withoutAddress(template: string): string {
  return template
    .replace(/, \{viewer\}(?=[,.!?:;]|$)/g, '')
    .replace(/^\{viewer\}, (.)/u, (_, first: string) => first.toUpperCase())
}

/** Each stands before the line, where no cut reaches it. */
const OPENERS: readonly string[] = [
  'Same to you, {viewer}:',
  'Once more for {viewer}:',
  'Again, {viewer}:',
  'And one more time, {viewer}:',
  'Second helping, {viewer}:',
  'As before, {viewer}:',
]

/**
 * The line in other words that people see, because Twitch refuses what an account has just said. A line varied
 * before gets the next opener in place of its own, so that each turn differs from the last ones and none grows.
 */
export function varyRepeat(text: string, viewer: string): string {
  const openers = OPENERS.map((opener) => named(opener, viewer))
  const at = openers.findIndex((opener) => text.startsWith(`${opener} `))
  const current = openers[at]
  const line = current === undefined ? text : text.slice(current.length + 1)
  return `${openers[(at + 1) % openers.length]} ${line}`
}

function named(line: string, viewer: string): string {
  return line.replaceAll('{viewer}', () => viewer)
}
