import { type Chorus, createChorus } from '../chorus.js'
import { type Clock, every, SECOND, sleep, systemClock } from '../clock.js'
import { loadConfig } from '../config.js'
import type { Config } from '../config-schema.js'
import { sameLogin, toBotLogin } from '../domain.js'
import { ChorusError } from '../errors.js'
import { createLogger } from '../logger.js'
import { type Random, seededRandom } from '../random.js'
import type { TwitchSimulator } from '../simulator/twitch-simulator.js'
import { ChatScreen, type ScreenOutput } from './chat-screen.js'
import { Recording, type RecordingSummary } from './recording.js'
import { ReplayReport } from './replay-report.js'
import { type StandIns, startStandIns, withoutFallback } from './stand-ins.js'

export interface ReplayOptions {
  readonly file: string
  readonly configFile?: string | undefined
  /** How many times faster than recorded. */
  readonly speed: number
  /** Names of the recording that are made bots, beside those of the configuration. */
  readonly as: readonly string[]
  readonly seed: number
  readonly output: ScreenOutput
  /** Where the log of Chorus goes: warnings and worse. */
  readonly log: { write(text: string): unknown }
}

/** Longest wait for what has to come through the sockets, in real milliseconds. */
const ARRIVAL_MS = 30 * SECOND
/** What everybody in a channel gets. The other lines were meant for the connection that recorded them: a PART says that it has left. */
const FOR_ALL = new Set(['PRIVMSG', 'USERNOTICE', 'CLEARCHAT', 'CLEARMSG'])
const STATUS_EVERY_MS = SECOND / 5
/** Channels that an account may be in: Twitch's own limit. */
const CHANNELS_MAX = 100

/**
 * Feeds a recording through the real path on the built-in Twitch and the built-in model, everything `speed` times faster,
 * waits until every accepted reply has its outcome, and prints what happened.
 *
 * @throws ChorusError `file-missing`, `config-invalid`; `lines-lost` when not every bot got in, or not every line through
 */
export async function replayCommand(options: ReplayOptions): Promise<void> {
  const recording = new Recording(options.file)
  const summary = await recording.summarize()
  const { config, environment } = loadConfig({ file: options.configFile, shipped: 'always' })
  const clock = systemClock(options.speed)
  const random = seededRandom(options.seed)
  const replayed = forRecording(config, summary, options.as)
  const bots = replayed.bots.map(({ login }) => toBotLogin(login))
  await using standIns = await startStandIns({ bots, environment, clock, random })
  await using chorus = await createReplayed(replayed, { standIns, clock, random, log: options.log })
  const report = new ReplayReport(chorus.events)
  await joinAll(chorus, replayed.channels)

  const screen = new ChatScreen(options.output)
  const startedMs = clock.now()
  const stopStatus = every(clock, STATUS_EVERY_MS * options.speed, () => {
    const recorded = Math.round((clock.now() - startedMs) / SECOND)
    screen.status(
      `${recorded} s · ${report.heard} lines heard · ${report.settled} of ${report.accepted} replies have their outcome`,
    )
  })
  try {
    await feed(recording, standIns.twitch, { clock, report })
    await arrival(chorus, report)
    await chorus.router.gracefulStop()
  } finally {
    stopStatus()
    screen.close()
  }
  const breaches = standIns.twitch.ledger.breaches.length
  options.output.write(report.format(summary, { speed: options.speed, breaches }))
}

/** The configuration with the recording's channels, and names of the recording as further bots: none is another's alias then. */
function forRecording(config: Config, { channels }: RecordingSummary, as: readonly string[]): Config {
  if (channels.length === 0)
    throw new ChorusError('file-missing', 'The recording holds no line of any channel.')
  if (channels.length > CHANNELS_MAX) {
    const text = `The recording holds ${channels.length} channels; an account can be in ${CHANNELS_MAX}.`
    throw new ChorusError('config-invalid', text)
  }
  const isNew = (name: string) => !config.bots.some(({ login }) => sameLogin(login, name))
  const stranger = { persona: '', aliases: [], talkativeness: 1, templates: [] }
  const named = as.filter(isNew).map((login) => ({ login, ...stranger }))
  const isFree = (alias: string) => !named.some(({ login }) => sameLogin(login, alias))
  const own = config.bots.map((bot) => ({ ...bot, aliases: bot.aliases.filter(isFree) }))
  return { ...config, channels: [...channels], bots: [...own, ...named] }
}

function createReplayed(
  config: Config,
  parts: { standIns: StandIns; clock: Clock; random: Random; log: ReplayOptions['log'] },
): Promise<Chorus> {
  const { standIns, clock, random, log } = parts
  const { environment } = standIns
  const logger = createLogger({
    level: environment.logLevel === 'info' ? 'error' : environment.logLevel,
    pretty: false,
    destination: { write: (line) => void log.write(line) },
    secrets: environment.secrets,
  })
  return createChorus(withoutFallback(config), { environment, clock, random, logger })
}

/**
 * Resolves when every bot is in every channel: what is fed before would be heard by nobody. So many times faster, the seconds
 * that a login may take can be over in the blink of an eye; then it is tried again.
 */
async function joinAll(chorus: Chorus, channels: readonly string[]): Promise<void> {
  await chorus.start()
  const areIn = () => chorus.chatStatus().bots.every(({ joined }) => joined.length >= channels.length)
  await until(chorus, 'bot:joined', areIn, () => 'Not every bot could join the channels in time.')
}

/** Feeds every line at its time. */
async function feed(
  recording: Recording,
  twitch: TwitchSimulator,
  { clock, report }: { readonly clock: Clock; readonly report: ReplayReport },
): Promise<void> {
  const startedMs = clock.now()
  for await (const line of recording.lines()) {
    const waitMs = startedMs + line.atMs - clock.now()
    if (waitMs > 0) await sleep(clock, waitMs)
    if (line.chat !== undefined) report.expect(line.chat)
    if (FOR_ALL.has(line.command)) twitch.feed(line.raw)
  }
}

/** Resolves when what was fed has come through the sockets. */
function arrival(chorus: Chorus, report: ReplayReport): Promise<void> {
  const isComplete = () => report.heard >= report.fed
  const missing = () => `Only ${report.heard} of ${report.fed} lines of chat arrived.`
  return until(chorus, 'message:decided', isComplete, missing)
}

/** Resolves as soon as `holds` does, asked now and after each such event; rejects when that takes too long. */
async function until(
  { events }: Chorus,
  event: 'bot:joined' | 'message:decided',
  holds: () => boolean,
  problem: () => string,
): Promise<void> {
  if (holds()) return
  await new Promise<void>((resolve, reject) => {
    const giveUp = systemClock().after(ARRIVAL_MS, () => reject(new ChorusError('lines-lost', problem())))
    events.on(event, () => {
      if (!holds()) return
      giveUp()
      resolve()
    })
  })
}
