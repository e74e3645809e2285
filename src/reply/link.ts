/**
 * What a bare address may end in: the domains that are common in chat, and those that are cheap to abuse. Endings
 * that are rather file names (`js`, `ts`, `py`) are left out.
 */
const ENDINGS = new Set(
  `com net org edu gov mil int info biz name pro mobi tel aero coop museum jobs
  app dev io ai gg tv co me cc ws fm ly to im is it in us uk eu de fr es pt nl be at ch li lu pl cz sk hu ro bg gr tr
  se no fi dk ie ee lv lt ua by ru su kz ge am az rs hr si ba mk al md il ae sa ir iq eg ma za ng ke gh
  jp cn hk tw kr in pk bd lk np th vn my sg id ph au nz ca mx br ar cl pe ve uy bo ec do cr pa gt cu
  xyz top site online store shop club vip live stream video tube games game fun lol wtf win bet casino poker click link
  download zip mov icu cyou buzz rest bond sbs cfd pw tk ml ga cf gq nu st sh vc gl gd la ps pm re
  gift gifts promo deals sale cash money finance fund credit loans crypto exchange trade trading market
  blog news media press world today life space website tech cloud host hosting digital network systems software
  email chat social team group community plus one red blue pink black ninja rocks zone page pages wiki
  porn sex sexy adult xxx cam dating moe cat dog pics photo photos fans onl art design studio audio music
  рф рус укр онлайн сайт 中国 中國 公司 网络 网址 香港 台湾 한국 みんな ไทย भारत`
    .split(/\s+/)
    .filter((ending) => ending !== ''),
)

const SCHEME = /[a-z][a-z0-9+.-]{1,20}:\/\/|(?:mailto|javascript|data|tel|sms|magnet):\S/i
const WWW = /(?:^|[^a-z0-9])www\d{0,2}\.\S/i
const NUMBERS_WITH_PATH = /\d{1,3}(?:\.\d{1,3}){3}(?:\/|:\d)/
/** A dot of any width inside a word, and the label that follows it. */
const JOINT = /(?<=[^\s.。．｡])[.。．｡](?=([\p{L}\p{N}][\p{L}\p{M}\p{N}-]{1,62}))/gu
/** Behind an ending: a path, a port or a query. */
const PATH = /^(?:[/\\]|[?#]\w|:\d)/
const MAILBOX = /[\p{L}\p{N}]@/u
/** The host, mailbox and all, before the dot of an ending; one of other letters where no plain ones stand there. */
const HOSTS = [/[\w@.%+-]{1,253}$/, /[\p{L}\p{M}\p{N}@.]{1,253}$/u]

/**
 * Text without links. What can only be an address goes: one with a scheme, `www.`, a path or a mailbox. A bare
 * `evil.com` gets a space behind its dot: it is no link any more, and it may have been a full stop without its space.
 */
export function withoutLinks(text: string): string {
  return text
    .split(' ')
    .flatMap((word) => (isAddress(word) ? [] : [defused(word)]))
    .join(' ')
}

/** Where in a word an address begins, be it one that {@link withoutLinks} only breaks up; it ends with the word. */
export function addressStart(word: string): number | undefined {
  const starts = [SCHEME, WWW, NUMBERS_WITH_PATH].map((shape) => word.search(shape))
  const joint = [...word.matchAll(JOINT)].find(([, label]) => endingOf(label) !== undefined)
  const host = joint && word.slice(0, joint.index)
  if (host !== undefined) starts.push(HOSTS.map((shape) => host.search(shape)).find((at) => at >= 0) ?? -1)
  const found = starts.filter((start) => start >= 0)
  return found.length > 0 ? Math.min(...found) : undefined
}

function isAddress(word: string): boolean {
  const folded = word.normalize('NFKC').toLowerCase()
  if (SCHEME.test(folded) || WWW.test(folded) || NUMBERS_WITH_PATH.test(folded)) return true
  return [...folded.matchAll(JOINT)].some((joint) => {
    const ending = endingOf(joint[1])
    if (ending === undefined) return false
    const behind = folded.slice(joint.index + 1 + ending.length)
    return PATH.test(behind) || MAILBOX.test(folded.slice(0, joint.index))
  })
}

function defused(word: string): string {
  return word.replace(JOINT, (dot, label: string) => (endingOf(label) === undefined ? dot : `${dot} `))
}

/** The known ending that a label is or, before letters of another script, begins with: `com`, `com님`. */
function endingOf(label = ''): string | undefined {
  const folded = label.normalize('NFKC').toLowerCase()
  if (folded.startsWith('xn--')) return folded
  // Both ways: folding may hide an ending among letters that only look like it.
  return [folded, latinStart(folded), latinStart(label.toLowerCase())].find((ending) => ENDINGS.has(ending))
}

function latinStart(label: string): string {
  return /^[a-z]+(?![a-z0-9])/.exec(label)?.[0] ?? ''
}
