import type { Ref } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** A list whose buttons go with their rows. */
export interface KeptFocus {
  readonly list: Ref<HTMLElement>
  /** Takes the focus when no row is left that should have it. */
  readonly heading: Ref<HTMLHeadingElement>
  /** To be called when somebody has a row go: its button’s place is then the next one’s. */
  letGo(): void
}

/**
 * Keeps who goes by keyboard in a list when the row goes that has the focus. Whoever had it go is led to the next row; where it
 * went by itself, to the heading: a key that was meant for one row must not be pressed on another.
 */
export function useKeptFocus(): KeptFocus {
  const list = useRef<HTMLElement | null>(null)
  const heading = useRef<HTMLHeadingElement | null>(null)
  const letGo = useRef<Element | null>(null)
  // As they are before the rows are shown anew.
  const focused = document.activeElement
  const buttons = [...(list.current?.querySelectorAll('button') ?? [])]
  const place = buttons.indexOf(focused as HTMLButtonElement)
  useLayoutEffect(() => {
    if (place < 0 || !focused || focused.isConnected) return
    const isStill = (button: HTMLButtonElement) => button.isConnected
    const next = buttons.slice(place + 1).find(isStill) ?? buttons.slice(0, place).findLast(isStill)
    const to = focused === letGo.current ? (next ?? heading.current) : heading.current
    to?.focus()
  })
  return {
    list,
    heading,
    letGo: () => {
      letGo.current = document.activeElement
    },
  }
}
