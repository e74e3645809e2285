/**
 * At signs of any width, also several, and what is stacked on them; then the name, if any. Without one it matches,
 * too: a long row of signs is then looked at once, not once per sign.
 */
const PING = /[@＠﹫][@＠﹫\p{M}]*([\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*)?/gu
/** A login, and letters of scripts that attach particles to a name or write without spaces. */
const LOGIN_AND_PARTICLE =
  /^(\w+)(?=\p{L})[\p{sc=Hangul}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u

/** What a name can be glued to; half a character beyond the first plane counts, too. */
const GLUE = /[\p{L}\p{M}\p{N}\p{Cs}_]/u

/**
 * Takes the at sign off every name but those of the viewers being answered, so that nobody can make a bot call others.
 * Names glued together come apart: `@bob@eve` would otherwise leave a third name.
 *
 * @param answering logins or display names, in any case
 */
export function withoutPings(text: string, answering: readonly string[]): string {
  const names = new Set(answering.map(fold))
  return text.replace(PING, (signs, name: string | undefined, at: number, whole: string) => {
    if (name === undefined) return signs
    const gap = GLUE.test(whole.charAt(at - 1)) ? ' ' : ''
    return mayPing(name, names) ? `${gap}@${name}` : `${gap}${name}`
  })
}

function mayPing(name: string, names: ReadonlySet<string>): boolean {
  const login = LOGIN_AND_PARTICLE.exec(name)?.[1]
  return names.has(fold(name)) || (login !== undefined && names.has(fold(login)))
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
