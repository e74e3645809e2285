import { type ComponentChildren, toChildArray } from 'preact'

interface RowsProps {
  /** The id of its heading. */
  readonly labelledBy: string
  readonly children: ComponentChildren
}

/** A list that scrolls when it grows long. Absent while it is empty: the keyboard would lead to nothing. */
export function Rows({ labelledBy, children }: RowsProps) {
  if (toChildArray(children).length === 0) return null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard.
    <ol class="rows" tabIndex={0} aria-labelledby={labelledBy}>
      {children}
    </ol>
  )
}
