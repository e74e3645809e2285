/** Shapes that only keys, tokens and private keys have. Every quantifier is bounded below by a length no word has. */
const SHAPES: readonly RegExp[] = [
  /oauth:\w{3,}/i,
  /\bsk-(?=[\w-]*\d)[\w-]{8,}|\bsk-[\w-]{20,}/i,
  /\bbearer\s{1,3}(?:(?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}|[\w.~+/=-]{20,})/i,
  /\beyJ[\w-]{8,}\.[\w-]{4,}/,
  /\bgh[pousr]_[A-Za-z0-9]{10,}|\bgithub_pat_\w{10,}|\bglpat-[\w-]{10,}|\bnpm_[A-Za-z0-9]{20,}/,
  /\b(?:AKIA|ASIA|AIDA|AROA|AGPA)[A-Z0-9]{12,}/,
  /\bAIza[\w-]{20,}|\bhf_[A-Za-z0-9]{20,}|\bxox[a-z]-[\w-]{8,}|\b[spr]k_(?:live|test)_\w{8,}/,
  /\blive_\d{4,}_\w{10,}/,
  /-----\s?BEGIN/i,
]

/** Twitch's tokens have 30 letters and digits; keys written in hexadecimal at least 32. */
const LETTERS_AND_DIGITS = /[A-Za-z0-9]{24,}/g
/** Keys in base64 use both cases; addresses and names with dashes rarely do. */
const BASE64 = /(?=[A-Z+/\d_-]*[a-z])(?=[a-z+/\d_-]*[A-Z])[A-Za-z0-9+/_-]{40,}/g

/** Whether a text holds something shaped like a token, key or private key, also in letters of another width. */
export function holdsSecretShape(text: string): boolean {
  const folded = text.normalize('NFKC')
  if (SHAPES.some((shape) => shape.test(folded))) return true
  return [LETTERS_AND_DIGITS, BASE64].some((pattern) =>
    [...folded.matchAll(pattern)].some(([token]) => looksRandom(token)),
  )
}

/** Few digits are a year; few signs a cheer said often; few changes words run together. Chance makes many of each. */
const DIGITS_MIN = 3
const SIGNS_MIN = 9
const CHANGE_SHARE_MIN = 1 / 6

function looksRandom(token: string): boolean {
  const digits = token.match(/\d/g)?.length ?? 0
  const changes = token.match(/\d(?=\D)|\D(?=\d)/g)?.length ?? 0
  const signs = new Set(token).size
  return digits >= DIGITS_MIN && signs >= SIGNS_MIN && changes >= Math.min(6, token.length * CHANGE_SHARE_MIN)
}
