import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'
import type { ConfigInput } from '../../src/config-schema.js'
import type { Outcome, TaskId } from '../../src/domain.js'
import type { ModelSimulator } from '../../src/simulator/model-simulator.js'
import type { TwitchSimulator } from '../../src/simulator/twitch-simulator.js'
import { soon } from '../support/soon.js'
import { API_KEY, tokenOf } from './chorus-fixture.js'

const WORKER = fileURLToPath(new URL('chorus-worker.mjs', import.meta.url))

/** What a worker tells. */
interface News {
  readonly event:
    | 'started'
    | 'bot:disconnected'
    | 'reply:accepted'
    | 'reply:settled'
    | 'journal:refusing'
    | 'journal:recovered'
    | 'error'
  /** Of the message that is answered. */
  readonly id?: string
  readonly task?: TaskId
  readonly viewer?: string
  readonly outcome?: Outcome
  readonly reason?: string
}

export interface WorkerOptions {
  readonly bots: readonly string[]
  readonly channels: readonly string[]
  readonly config?: Omit<ConfigInput, 'channels' | 'bots'>
  /** Of the system's clock, which Twitch and the model have to be on, too: another process can share no other. */
  readonly factor: number
  readonly dataDir: string
  readonly twitch: TwitchSimulator
  readonly model: ModelSimulator
  /** No file of its may become larger than so many KB: beyond that the system refuses, as a full disk does. */
  readonly fileMaxKb?: number
}

/** A Chorus in a process of its own, which can be stopped, continued and killed. */
export class ChorusWorker {
  readonly news: News[] = []
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>

  constructor({ bots, channels, config = {}, dataDir, factor, fileMaxKb, model, twitch }: WorkerOptions) {
    const input: ConfigInput = {
      ...config,
      channels: [...channels],
      bots: bots.map((login) => ({ login })),
      replies: { chance: 0, ...config.replies },
    }
    const tokens = bots.map((login) => [`TWITCH_TOKEN_${login.toUpperCase()}`, tokenOf(login)])
    this.#child = fork(WORKER, [JSON.stringify(input), String(factor)], {
      cwd: dataDir,
      ...(fileMaxKb !== undefined && limited(fileMaxKb)),
      env: {
        PATH: process.env.PATH,
        TWITCH_CHAT_URL: twitch.url,
        OPENAI_BASE_URL: model.url,
        OPENAI_API_KEY: API_KEY,
        CHORUS_DATA_DIR: dataDir,
        ...Object.fromEntries(tokens),
      },
    })
    this.#child.on('message', (news: News) => this.news.push(news))
    this.#ended = once(this.#child, 'exit')
  }

  of(event: News['event']): News[] {
    return this.news.filter((news) => news.event === event)
  }

  /** Resolves as soon as `holds` does; rejects when that takes too long, or when the process ends before. */
  until(holds: (worker: this) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const signal = soon()
      const finish = (settle: () => void) => {
        this.#child.off('message', look)
        this.#child.off('exit', ended)
        signal.removeEventListener('abort', late)
        settle()
      }
      const look = () => holds(this) && finish(resolve)
      const fail = (why: string) =>
        finish(() => reject(new Error(`${why}: ${JSON.stringify(this.news.slice(-5))}`)))
      const ended = () => fail('it has ended')
      const late = () => fail('it has not come')
      this.#child.on('message', look)
      this.#child.once('exit', ended)
      signal.addEventListener('abort', late, { once: true })
      look()
    })
  }

  /** There is room again. */
  lift(): void {
    execFileSync('prlimit', ['--pid', String(this.#child.pid), '--fsize=unlimited'])
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal)
  }

  /** Ends it at once, whatever it does; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}

/** Node in a shell that has limited itself before; the system's signal for that would end the process. */
function limited(fileMaxKb: number): { readonly execPath: string; readonly execArgv: string[] } {
  const script = `trap '' XFSZ; ulimit -S -f ${fileMaxKb}; exec "$0" "$@"`
  return { execPath: 'bash', execArgv: ['--norc', '-c', script, process.execPath] }
}

/** Gives the file's tests a function that starts a worker and resolves when it is in its channels; each test's end kills it. */
export function workers(): (options: WorkerOptions) => Promise<ChorusWorker> {
  const started: ChorusWorker[] = []
  afterEach(() => Promise.all(started.splice(0).map((worker) => worker.kill())))
  return async (options) => {
    const worker = new ChorusWorker(options)
    started.push(worker)
    await worker.until(() => worker.of('started').length > 0)
    return worker
  }
}
