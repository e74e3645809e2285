import type { Random } from '../random.js'

/** A name for a line that no other line has, in the shape that Twitch's own clients give theirs. */
export function newNonce(random: Random): string {
  return Array.from({ length: 4 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('')
}
