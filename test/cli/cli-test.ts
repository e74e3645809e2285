import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test as base, expect } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { seededRandom } from '../../src/random.js'
import { ModelSimulator } from '../../src/simulator/model-simulator.js'
import { TwitchSimulator } from '../../src/simulator/twitch-simulator.js'
import { soon } from '../support/soon.js'
import { ChorusProcess, CLI, type Ended } from './chorus-process.js'

type Variables = Readonly<Record<string, string>>

/** The command line in a folder of its own, with nothing in its environment but PATH and what a test sets. */
export class Cli {
  readonly folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'chorus-cli-')))
  readonly #processes: ChorusProcess[] = []
  readonly #secrets = new Set<string>()

  /** A value that no process may print; of what the environment calls a token or a key it is known anyway. */
  hide(secret: string): void {
    this.#secrets.add(secret)
  }

  /** Makes a file below the folder. */
  write(name: string, text: string): void {
    const file = path.join(this.folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  /** Starts `chorus` with these arguments. */
  start(args: readonly string[], env: Variables = {}): ChorusProcess {
    return this.spawn(process.execPath, [CLI, ...args], env)
  }

  /** Runs `chorus` to its end. */
  run(args: readonly string[], env: Variables = {}): Promise<Ended> {
    return this.start(args, env).end()
  }

  /** Starts any program in the folder; what its environment calls a token or a key must not be printed. */
  spawn(command: string, args: readonly string[], env: Variables = {}): ChorusProcess {
    for (const [name, value] of Object.entries(env)) {
      if (/TOKEN|KEY/.test(name) && value.length > 5) this.#secrets.add(value.replace(/^oauth:/, ''))
    }
    const inherited = { PATH: process.env.PATH }
    const running = new ChorusProcess({ command, args, env: { ...inherited, ...env }, cwd: this.folder })
    this.#processes.push(running)
    return running
  }

  /** Ends what still runs, and looks for secrets in all that was ever printed. */
  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((running) => running.kill()))
    rmSync(this.folder, { recursive: true })
    const printed = this.#processes.map(({ output }) => output).join('\n')
    for (const secret of this.#secrets) expect(printed).not.toContain(secret)
  }
}

/** A built-in Twitch and a built-in model in the test's own process, and the variables that lead Chorus to them. */
export class World {
  readonly twitch: TwitchSimulator
  readonly model: ModelSimulator

  constructor({ twitchPort = 0, latency = 20 }: { twitchPort?: number; latency?: number } = {}) {
    const parts = { clock: systemClock(), random: seededRandom(1) }
    const accounts = BOTS.map((login) => ({ login, token: tokenOf(login) }))
    this.twitch = new TwitchSimulator({ ...parts, port: twitchPort, accounts })
    this.model = new ModelSimulator({ ...parts, latency })
  }

  async start(): Promise<void> {
    await Promise.all([this.twitch.start(), this.model.start()])
  }

  async stop(): Promise<void> {
    await Promise.all([this.twitch.stop(), this.model.stop()])
  }

  /** The environment of a live start, with the right token for each of these bots. */
  env(bots: readonly string[] = BOTS): Record<string, string> {
    return {
      ...Object.fromEntries(bots.map((bot) => [`TWITCH_TOKEN_${bot.toUpperCase()}`, tokenOf(bot)])),
      TWITCH_CHAT_URL: this.twitch.url,
      OPENAI_BASE_URL: this.model.url,
      OPENAI_API_KEY: 'sk-opensesame0123456789',
      CHORUS_CONFIG: 'live.yaml',
    }
  }

  /** A viewer speaks in the channel. */
  say(viewer: string, text: string): void {
    this.twitch.room(CHANNEL).say(viewer, text)
  }

  /** Resolves when this many lines of bots have reached chat. */
  async answers(count: number): Promise<readonly string[]> {
    const delivered = () => this.twitch.ledger.delivered({ channel: CHANNEL })
    await this.twitch.ledger.until(() => delivered().length >= count, soon())
    return delivered().map(({ account, shown }) => `${account}: ${shown?.text}`)
  }
}

export const CHANNEL = 'mychannel'
/** Logins that the built-in Twitch knows. */
export const BOTS = ['ava', 'bob', 'cleo', 'dan', 'eve'] as const
const tokenOf = (login: string) => `opensesame${login}0123456789`

/** A configuration for these bots: mentions are answered at once, nothing else is. `rest`: further sections. */
export function configFor(bots: readonly string[], rest = ''): string {
  const logins = bots.map((login) => `  - login: ${login}\n`).join('')
  const replies = 'replies: { chance: 0, delays: { mention: [0, 0] } }\n'
  return `channels: [${CHANNEL}]\nbots:\n${logins}${replies}${rest}`
}

interface Fixtures {
  readonly cli: Cli
  /** How long the model takes, in milliseconds. */
  readonly latency: number
  readonly world: World
}

/** `cli` and `world` are made where a test asks for them, and taken down after it. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from this pattern what the fixture needs.
  cli: async ({}, use) => {
    const cli = new Cli()
    await use(cli)
    await cli.stop()
  },
  latency: 20,
  world: async ({ latency }, use) => {
    const world = new World({ latency })
    await world.start()
    await use(world)
    await world.stop()
  },
})
