import { randomInt } from 'node:crypto'
import { type Chorus, createChorus } from '../chorus.js'
import { type Cancel, type Clock, every, SECOND, systemClock } from '../clock.js'
import { loadConfig } from '../config.js'
import type { Config } from '../config-schema.js'
import { ControlRoom } from '../control-room/control-room.js'
import type { DemoScene } from '../control-room/routes/demo-desk.js'
import { toBotLogin, toChannelName } from '../domain.js'
import { createLogger } from '../logger.js'
import { seededRandom } from '../random.js'
import { ChatScreen } from './chat-screen.js'
import { withCast } from './demo-cast.js'
import { DemoChat } from './demo-chat.js'
import { demoIntro } from './demo-intro.js'
import { demoStatus } from './demo-status.js'
import { readKeys } from './keys.js'
import { replies } from './replies.js'
import { StandInDesk, toDemoLine } from './stand-in-desk.js'
import { type StandIns, startStandIns, withoutFallback } from './stand-ins.js'
import { StopSignal } from './stop-signal.js'
import { tellRoom } from './tell-room.js'

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
/** Keys that begin a scene. */
const SCENES: Readonly<Record<string, DemoScene>> = { r: 'raid', b: 'questions', e: 'everyone' }

/**
 * Runs Chorus on the built-in Twitch with a lively chat around it, until a key, a signal or the end of its time stops it.
 *
 * @throws ChorusError `config-invalid`, `file-missing`; `no-model` when a real model is asked for and none is named;
 * `port-taken` and others when the control room can’t be opened
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
  const modelled = options.realModel ? config : withoutFallback(config)
  await using chorus = await createChorus(modelled, { environment: used, clock, random, logger })
  const channel = toChannelName(config.channels[0] ?? '')
  const intro = demoIntro({ bots, channel, queue: config.queue, isRealModel: options.realModel === true })
  for (const line of [...intro, ...notes]) screen.print(line)
  const seed = Math.floor(random() * 2 ** 32)
  const chat = new DemoChat({ twitch: standIns.twitch, clock, bots, channel, seed })
  const model = options.realModel ? undefined : standIns.model
  const desk = new StandInDesk({ twitch: standIns.twitch, model, chat, channel })
  await run({ chorus, standIns, chat, desk, screen, clock, config, seconds: options.seconds })
}

interface DemoParts {
  readonly chorus: Chorus
  readonly standIns: StandIns
  readonly chat: DemoChat
  readonly desk: StandInDesk
  readonly screen: ChatScreen
  readonly clock: Clock
  readonly config: Config
  readonly seconds: number | undefined
}

async function run(parts: DemoParts): Promise<void> {
  const { chorus, standIns, chat, desk, screen, clock, config, seconds } = parts
  await using room = new ControlRoom({
    ...{ chorus, clock, environment: standIns.environment },
    stopChorus: () => signal.requestGraceful(),
    demo: desk,
  })
  const signal = new StopSignal(chorus, {
    clock,
    deadlineMs: config.stop.deadline * SECOND,
    tell: (text) => screen.print(text),
    // How many were sent is told at the end of all.
    ended: ({ left, text }) => left > 0 && screen.print(text),
    asked: () => desk.heal(),
  })
  const counts = countAnswers(chorus, clock)
  const cancels: Cancel[] = []
  try {
    await room.start()
    tellRoom(room, { isForPeople: true, write: (text) => screen.print(text.trimEnd()) })
    cancels.push(
      () => desk.close(),
      standIns.twitch.onLine((line) => screen.show(toDemoLine(line))),
      every(clock, STATUS_EVERY_MS, () => screen.status(demoStatus(chorus, counts))),
      readKeys(process.stdin, (key) => press(key, chat, signal)),
      seconds === undefined ? () => {} : clock.after(seconds * SECOND, () => signal.request()),
    )
    if (!signal.isRequested) {
      await chorus.start()
      chat.start()
    }
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
  const scene = SCENES[key]
  if (scene) chat.play(scene)
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
