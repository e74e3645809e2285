import { styleText } from 'node:util'
import { printable } from './printable.js'

/** A line of chat for people. */
export interface ScreenLine {
  readonly name: string
  readonly text: string
  readonly kind: 'viewer' | 'bot' | 'system'
}

/** Where it is shown: stdout, as far as the screen needs it. */
export interface ScreenOutput {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  write(text: string): unknown
}

const CLEAR_LINE = '\r\u001b[2K'
/** Columns where a terminal does not tell, or tells 0. */
export const USUAL_COLUMNS = 80

/**
 * Chat that scrolls above one status line. On a terminal the last row is rewritten in place; elsewhere lines come out
 * plain and the status is left out.
 */
export class ChatScreen {
  readonly #output: ScreenOutput
  readonly #isTerminal: boolean
  #status = ''

  constructor(output: ScreenOutput) {
    this.#output = output
    this.#isTerminal = output.isTTY === true
  }

  /** Shows one line of chat. */
  show(line: ScreenLine): void {
    this.print(this.#format(line))
  }

  /** Prints a line above the status as it stands. */
  print(line: string): void {
    if (!this.#isTerminal) {
      this.#output.write(`${line}\n`)
      return
    }
    this.#output.write(`${CLEAR_LINE}${line}\n${this.#status}`)
  }

  /** Replaces the status line; only on a terminal. */
  status(text: string): void {
    if (!this.#isTerminal) return
    // One column less than there is: a full row would wrap, and the rest of it could not be cleared.
    const width = (this.#output.columns || USUAL_COLUMNS) - 1
    const shown = styleText('inverse', fitted(` ${text}`, width), { validateStream: false })
    if (shown === this.#status) return
    this.#status = shown
    this.#output.write(CLEAR_LINE + shown)
  }

  /** Takes the status line away. */
  close(): void {
    if (this.#isTerminal && this.#status !== '') this.#output.write(CLEAR_LINE)
    this.#status = ''
  }

  #format({ name, text, kind }: ScreenLine): string {
    const words = printable(text)
    if (kind === 'system') return this.#styled('magenta', `* ${words}`)
    return `${this.#styled(kind === 'bot' ? ['bold', 'cyan'] : 'dim', `${printable(name)}:`)} ${words}`
  }

  #styled(style: Parameters<typeof styleText>[0], text: string): string {
    return this.#isTerminal ? styleText(style, text, { validateStream: false }) : text
  }
}

/** A cut is seen as one: half a number would be another number. */
function fitted(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width)
}
