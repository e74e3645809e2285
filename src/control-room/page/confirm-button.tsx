import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'

interface ConfirmButtonProps {
  readonly class: string
  readonly isDisabled?: boolean
  /** What stands on the button. */
  readonly children: ComponentChildren
  readonly title: string
  /** What it would come to. */
  readonly consequence: string
  readonly yes: string
  readonly no: string
  readonly onYes: () => void
}

/** A button for what can't be taken back: it asks once more, and is first answered with no. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { children, consequence, isDisabled = false, no, onYes, title, yes } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const confirm = () => {
    dialog.current?.close()
    onYes()
  }
  return (
    <>
      <button
        type="button"
        class={props.class}
        disabled={isDisabled}
        onClick={() => dialog.current?.showModal()}
      >
        {children}
      </button>
      <dialog ref={dialog} aria-labelledby={titleId}>
        <h2 id={titleId}>{title}</h2>
        <p>{consequence}</p>
        <p class="row">
          <button type="button" onClick={() => dialog.current?.close()}>
            {no}
          </button>
          <button type="button" class="stop" onClick={confirm}>
            {yes}
          </button>
        </p>
      </dialog>
    </>
  )
}
