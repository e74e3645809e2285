import { toNames } from './words.js'

interface NamesProps {
  readonly of: readonly string[]
  readonly most: number
}

/** Viewers by their names. Each may hold characters that turn the order of letters round: that ends with the name. */
export function Names({ of, most }: NamesProps) {
  return toNames(of, most).map(({ isName, text }, place) => (isName ? <bdi key={place}>{text}</bdi> : text))
}
