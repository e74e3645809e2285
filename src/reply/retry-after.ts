import { SECOND } from '../clock.js'

const NUMBER = /^\d{1,12}(?:\.\d{1,6})?$/
/** `Date.parse` takes almost anything for a date, even a bare number; an HTTP date names its day first. */
const HTTP_DATE = /^[A-Z][a-z]+,? .*\d{2}:\d{2}:\d{2}/

/**
 * How long a server asks to wait, in milliseconds: seconds or a date (RFC 9110), or OpenAI's own header in
 * milliseconds. A date that has passed is 0; nothing for garbage. Whoever waits puts a cap on it.
 */
export function parseRetryAfter(headers: Headers, wallMs: number): number | undefined {
  const inMs = headers.get('retry-after-ms')?.trim() ?? ''
  if (NUMBER.test(inMs)) return Number(inMs)
  const value = headers.get('retry-after')?.trim() ?? ''
  if (NUMBER.test(value)) return Number(value) * SECOND
  const date = HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - wallMs)
}
