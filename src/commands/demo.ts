import { randomInt } from 'node:crypto'
import { type Chorus, createChorus } from '../chorus.js'
import { type Clock, every, SECOND, systemClock } from '../clock.js'
import { loadConfig } from '../config.js'
import type { Config } from '../config-schema.js'
import { type BotLogin, toBotLogin } from '../domain.js'
import { limitsHint } from '../limits-hint.js'
import { createLogger } from '../logger.js'
import { seededRandom } from '../random.js'
import { ChatScreen } from './chat-screen.js'
import { withCast } from './demo-cast.js'
import { DemoChat } from './demo-chat.js'
import { demoStatus, KEY_HELP } from './demo-status.js'
import { readKeys } from './keys.js'
import { replies } from './replies.js'
import { type StandIns, startStandIns } from './stand-ins.js'
import { StopSignal } from './stop-signal.js'

export interface DemoOptions {
  readonly file?: string | undefined
  /** How many bots take part; as many as the configuration has when unset. */
  readonly bots?: number | undefined
  readonly seed?: number | undefined
  /** Ends by itself after so many seconds. */
  readonly seconds?: number | undefined
  /** Think with the model of the environment in place of the built-in one. */
  readonly realModel?: boolean | undefined
}

const STATUS_EVERY_MS = SECOND / 4

/**
 * Runs Chorus on the built-in Twitch with a lively chat around it, until a key, a signal or the end of its time stops it.
 *
 * @throws ChorusError `config-invalid`, `file-missing`; `no-model` when a real model is asked for and none is named
 */
export async function demoCommand(options: DemoOptions): Promise<void> {
  const { config: configured, environment, notes } = loadConfig({ file: options.file, shipped: 'always' })
  const config = withCast(configured, options.bots)
  const bots = config.bots.map(({ login }) => toBotLogin(login))
  const clock = systemClock()
  const random = seededRandom(options.seed ?? randomInt(2 ** 32))
  const screen = new ChatScreen(process.stdout)
  await using standIns = await startStandIns({ bots, environment, clock, random })
  const used = options.realModel
    ? { ...standIns.environment, openai: environment.openai }
    : standIns.environment
  const logger = createLogger({
    // Chat is what the demo shows; of the log only what a streamer should know.
    level: environment.logLevel === 'info' ? 'warn' : environment.logLevel,
    pretty: process.stdout.isTTY,
    destination: { write: (line) => screen.print(line.trimEnd()) },
    secrets: environment.secrets,
  })
  await using chorus = await createChorus(config, { environment: used, clock, random, logger })
  for (const line of [...intro(config, bots, used.openai.baseUrl !== standIns.model.url), ...notes])
    screen.print(line)
  await run({
    chorus,
    standIns,
    screen,
    clock,
    bots,
    config,
    seconds: options.seconds,
    seed: randomSeed(random),
  })
}

const randomSeed = (random: () => number) => Math.floor(random() * 2 ** 32)

function intro(config: Config, bots: readonly BotLogin[], isRealModel: boolean): string[] {
  const who = bots.length === 1 ? `${bots[0]} is` : `${bots.join(', ')} are`
  const model = isRealModel
    ? 'Lines are made by your own model.'
    : 'Lines come from a built-in stand-in, not from an AI: to plug one in, set OPENAI_API_KEY, or OPENAI_BASE_URL for Ollama, llama.cpp, LM Studio or vLLM, and start the demo with --real-model.'
  const hint = limitsHint(bots.length, config.queue)
  return [
    `Chorus demo. ${who} in #${config.channels[0]} on a built-in Twitch; no account is needed and nothing reaches the real one.`,
    model,
    ...(hint === undefined ? [] : [hint]),
    ...(process.stdin.isTTY && process.stdout.isTTY ? [KEY_HELP] : []),
  ]
}

interface DemoParts {
  readonly chorus: Chorus
  readonly standIns: StandIns
  readonly screen: ChatScreen
  readonly clock: Clock
  readonly bots: readonly BotLogin[]
  readonly config: Config
  readonly seconds: number | undefined
  readonly seed: number
}

async function run({
  chorus,
  standIns,
  screen,
  clock,
  bots,
  config,
  seconds,
  seed,
}: DemoParts): Promise<void> {
  const signal = new StopSignal(chorus, {
    clock,
    deadlineMs: config.stop.deadline * SECOND,
    tell: (text) => screen.print(text),
  })
  const counts = countAnswers(chorus, clock)
  const chat = new DemoChat({ twitch: standIns.twitch, clock, bots, channel: config.channels[0] ?? '', seed })
  const cancels = [
    standIns.twitch.onLine((line) =>
      screen.show({
        name: line.displayName,
        text: line.text,
        kind: line.isSystem ? 'system' : line.isBot ? 'bot' : 'viewer',
      }),
    ),
    every(clock, STATUS_EVERY_MS, () => screen.status(demoStatus(chorus, counts))),
    readKeys(process.stdin, (key) => press(key, chat, signal)),
    seconds === undefined ? () => {} : clock.after(seconds * SECOND, () => signal.request()),
  ]
  try {
    await chorus.start()
    chat.start()
    await signal.stopped
  } finally {
    for (const cancel of cancels) cancel()
    signal.dispose()
    await chat.stop()
    screen.close()
  }
  screen.print(
    `${replies(counts.sent)} sent in ${Math.round((clock.now() - counts.sinceMs) / SECOND)} s. Bye!`,
  )
}

function press(key: string, chat: DemoChat, signal: StopSignal): void {
  if (key === 'r') chat.raid()
  if (key === 'b') chat.burst()
  if (key === 'e') chat.everybody()
  // A terminal in raw mode sends Ctrl-C as a character.
  if (key === 'q' || key === '\u0003') signal.request()
}

/** What the demo has seen so far. */
interface DemoCounts {
  readonly sinceMs: number
  sent: number
}

function countAnswers({ events }: Pick<Chorus, 'events'>, clock: Clock): DemoCounts {
  const counts = { sinceMs: clock.now(), sent: 0 }
  events.on('reply:settled', ({ outcome }) => {
    if (outcome.kind === 'sent') counts.sent += 1
  })
  return counts
}
