/** A few of Twitch's global emotes, by name, with their ids. */
const EMOTES: ReadonlyMap<string, string> = new Map([
  ['Kappa', '25'],
  ['LUL', '425618'],
  ['PogChamp', '305954156'],
  ['BibleThump', '86'],
  ['Kreygasm', '41'],
  ['NotLikeThis', '58765'],
  ['SeemsGood', '64138'],
  ['HeyGuys', '30259'],
  ['ResidentSleeper', '245'],
  ['VoHiYo', '81274'],
  ['TwitchUnity', '196892'],
  ['GlitchCat', '304486301'],
])

/** Every emote has one; most lines have none, and looking for it is cheap. */
const CAPITAL = /[A-Z]/

/** Whether a text holds emotes and nothing else: what emote-only mode lets through. */
export function isOnlyEmotes(text: string): boolean {
  const words = text.split(/\s+/).filter((word) => word !== '')
  return words.length > 0 && words.every((word) => EMOTES.has(word))
}

/** The `emotes` tag of a line: `id:from-to,from-to/id:…`, counted in code points as Twitch does. */
export function emotesTag(text: string): string {
  if (!CAPITAL.test(text)) return ''
  let places: Map<string, string[]> | undefined
  let at = 0
  for (const word of text.split(' ')) {
    const id = EMOTES.get(word)
    if (id !== undefined) {
      places ??= new Map()
      const from = [...text.slice(0, at)].length
      const list = places.get(id) ?? []
      list.push(`${from}-${from + word.length - 1}`)
      places.set(id, list)
    }
    at += word.length + 1
  }
  return places ? [...places].map(([id, list]) => `${id}:${list.join(',')}`).join('/') : ''
}
