import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { WAIT_MS } from '../support/soon.js'

/** The built command line. */
export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
/** What it tells people to type where a test has called it, in a folder elsewhere. */
export const TYPED = `node ${CLI}`

/** How a process ended and all that it printed. */
export interface Ended {
  /** undefined where a signal ended it. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface ProcessOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
}

/** One process, watched line by line as a person would, or by its JSON log. */
export class ChorusProcess {
  /** Resolves when it has ended and its streams are read to their end. */
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess
  readonly #stdout: string[] = []
  readonly #stderr: string[] = []
  readonly #looks = new Set<() => void>()
  #isOver = false

  constructor({ command, args, env, cwd }: ProcessOptions) {
    // A group of its own, so that what it has started itself can be ended with it.
    this.#child = spawn(command, args, { cwd, env, stdio: 'pipe', detached: true })
    // A key for a process that has just ended is no fault of the test.
    this.#child.stdin?.on('error', () => {})
    this.#read(this.#child.stdout, this.#stdout)
    this.#read(this.#child.stderr, this.#stderr)
    this.ended = once(this.#child, 'close').then(([code]) => {
      this.#isOver = true
      for (const look of this.#looks) look()
      return { code: code ?? undefined, stdout: this.#stdout.join('\n'), stderr: this.#stderr.join('\n') }
    })
  }

  /** Everything it has printed so far. */
  get output(): string {
    return [...this.#stdout, ...this.#stderr].join('\n')
  }

  /** The lines of its log, as data. */
  get log(): Readonly<Record<string, unknown>>[] {
    return this.#stdout.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  }

  /** Resolves with the `count`-th line on either stream that matches; rejects when it ends or is late without one. */
  line(pattern: RegExp, count = 1): Promise<string> {
    return this.#until(`${pattern}, ${count} times`, () => {
      return [...this.#stdout, ...this.#stderr].filter((line) => pattern.test(line))[count - 1]
    })
  }

  /** Resolves with the `count`-th line of the log that tells `event`. */
  event(event: string, count = 1): Promise<Readonly<Record<string, unknown>>> {
    return this.#until(`event ${event}, ${count} times`, () => {
      return this.log.filter((line) => line.event === event)[count - 1]
    })
  }

  /** How it ends; rejects when that takes too long. */
  async end(): Promise<Ended> {
    await this.#until('its end', () => this.#isOver || undefined)
    return this.ended
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Types a key. */
  press(key: string): void {
    this.#child.stdin?.write(key)
  }

  /** Reads its output no more, as a program does that ends. */
  closeOutput(): void {
    this.#child.stdout?.destroy()
  }

  /** Ends it and its children whatever they do; resolves when it is gone. */
  async kill(): Promise<void> {
    const { pid } = this.#child
    try {
      if (!this.#isOver && pid !== undefined) process.kill(-pid, 'SIGKILL')
    } catch {
      // It has just ended by itself.
    }
    await this.ended
  }

  #read(stream: Readable | null, lines: string[]): void {
    if (!stream) throw new Error('it has no output')
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      for (const look of this.#looks) look()
    })
  }

  #until<T>(what: string, find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(late)
        this.#looks.delete(look)
        settle()
      }
      const fail = (why: string) => finish(() => reject(new Error(`${why}: ${what}\n${this.output}`)))
      const late = setTimeout(() => fail('waited in vain for'), WAIT_MS)
      const look = () => {
        const found = find()
        if (found !== undefined) finish(() => resolve(found))
        else if (this.#isOver) fail('it ended without')
      }
      this.#looks.add(look)
      look()
    })
  }
}
