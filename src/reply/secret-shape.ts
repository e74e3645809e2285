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
  /-----\s?BEGIN|\bMII[A-Za-z0-9+/]{20,}/,
]

/** Twitch's tokens have 30 letters and digits; keys written in hexadecimal at least 32. */
const LETTERS_AND_DIGITS = /[A-Za-z0-9]{24,}/g
const BASE64 = /[A-Za-z0-9+/_-]{40,}/g

/** Whether a text holds something shaped like a token, key or private key, also in letters of another width. */
export function holdsSecretShape(text: string): boolean {
  const folded = text.normalize('NFKC')
  if (SHAPES.some((shape) => shape.test(folded))) return true
  if ((folded.match(LETTERS_AND_DIGITS) ?? []).some(mixesDigits)) return true
  return (folded.match(BASE64) ?? []).some(mixesCases)
}

/** Few digits are a year, few signs a cheer said often, few changes words run together. Chance makes many of each. */
function mixesDigits(token: string): boolean {
  const changes = token.match(/\d(?=\D)|\D(?=\d)/g)?.length ?? 0
  return signsOf(token) >= 9 && digitsOf(token) >= 3 && changes >= Math.min(6, token.length / 6)
}

/** In base64 digits are rare. What tells it from words with capitals is that most signs differ in sort from the next. */
function mixesCases(token: string): boolean {
  const changes = token.match(/[a-z](?=[^a-z])|[A-Z](?=[^A-Z])|\d(?=\D)/g)?.length ?? 0
  return signsOf(token) >= 16 && digitsOf(token) >= 2 && changes >= token.length * 0.45
}

function signsOf(token: string): number {
  return new Set(token).size
}

function digitsOf(token: string): number {
  return token.match(/\d/g)?.length ?? 0
}
