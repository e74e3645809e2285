import type { Random } from '../random.js'

/** A new message id in the shape of a UUID: never so short that tmi.js takes it for a flag. */
export function newMessageId(random: Random): string {
  const hex = () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  const [a, b, c, d] = [hex(), hex(), hex(), hex()]
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`
}
