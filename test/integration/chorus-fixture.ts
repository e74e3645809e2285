import { afterEach, expect } from 'vitest'
import { type Chorus, createChorus } from '../../src/chorus.js'
import type { Clock } from '../../src/clock.js'
import type { ConfigInput } from '../../src/config-schema.js'
import { toBotLogin } from '../../src/domain.js'
import { parseEnvironment } from '../../src/environment.js'
import type { Logger } from '../../src/logger.js'
import { seededRandom } from '../../src/random.js'
import type { Latency } from '../../src/simulator/model-latency.js'
import type { Moderation } from '../../src/simulator/model-moderation.js'
import { ModelSimulator } from '../../src/simulator/model-simulator.js'
import type { Room } from '../../src/simulator/room.js'
import { playScenario } from '../../src/simulator/scenario-player.js'
import type { Scenario } from '../../src/simulator/scenarios.js'
import { TwitchSimulator } from '../../src/simulator/twitch-simulator.js'
import type { TokenSource } from '../../src/token-source.js'
import type { TokenUseStore } from '../../src/token-use.js'
import { PacedClock } from '../support/paced-clock.js'
import { soon } from '../support/soon.js'
import { EventRecord } from './event-record.js'

/** Shaped like a real one, so that whatever looks for keys has something to find. */
export const API_KEY = 'sk-built-in-0123456789abcdefghij'
export const CHANNEL = 'mychannel'
export const tokenOf = (login: string) => `built-in-token-${login}`

export interface FixtureOptions {
  readonly bots?: readonly string[]
  readonly channels?: readonly string[]
  /** How many times faster than real time everything runs. */
  readonly factor?: number
  readonly latency?: Latency
  /** Chance replies are off unless they are asked for here. */
  readonly config?: Omit<ConfigInput, 'channels' | 'bots'>
  readonly moderation?: Moderation
  readonly logger?: Logger
  /** Runs when Twitch and the model are there, and before anybody connects. */
  readonly before?: (standIns: Pick<Fixture, 'twitch' | 'model'>) => unknown
  /** False: it is built and connects nothing; the test starts it. */
  readonly isStarted?: boolean
  /** Where state is kept; by default nothing is. */
  readonly dataDir?: string
  /** A Chorus that was there before, whose Twitch, model and clock this one takes over; `factor` and `latency` are theirs. */
  readonly after?: Pick<Fixture, 'twitch' | 'model' | 'clock'>
  /** The clock of them all; by default one that is `factor` times as fast, and stands still while the process does. */
  readonly clock?: Clock
  /** Makes Chorus's own clock of theirs. */
  readonly clockOf?: (clock: Clock) => Clock
  /** By default each bot has a token that never changes. */
  readonly tokens?: TokenSource
  readonly tokenUse?: TokenUseStore
  /** Whether `error` events are part of the test; else one fails it. */
  readonly hasFaults?: boolean
}

/** A whole Chorus in chat, the Twitch and the model it talks to, on one clock. */
export interface Fixture {
  readonly bots: readonly string[]
  readonly clock: Clock
  readonly twitch: TwitchSimulator
  readonly model: ModelSimulator
  readonly chorus: Chorus
  readonly record: EventRecord
  /** The first channel. */
  readonly room: Room
  play(scenario: Scenario): Promise<void>
}

/** Gives the file's tests a function that starts a Chorus and resolves when it is ready; each test's end stops it. */
export function choruses(): (options?: FixtureOptions) => Promise<Fixture> {
  const started: { readonly fixture: Fixture; readonly hasFaults: boolean }[] = []
  afterEach(async () => {
    for (const { fixture, hasFaults } of started.splice(0)) {
      await fixture.chorus.stop()
      await Promise.all([fixture.twitch.stop(), fixture.model.stop()])
      if (!hasFaults) expect(fixture.record.of('error')).toEqual([])
    }
  })
  return async (options = {}) => {
    const fixture = await build(options)
    started.push({ fixture, hasFaults: options.hasFaults ?? false })
    if (options.isStarted === false) return fixture
    await Promise.all([
      fixture.record.until((record) => record.of('ready').length > 0),
      fixture.chorus.start(),
    ])
    return fixture
  }
}

async function build(options: FixtureOptions): Promise<Fixture> {
  const { bots = ['ava', 'ben'], channels = [CHANNEL], config = {} } = options
  const { clock, twitch, model } = options.after ?? (await standIns(bots, options))
  const environment = environmentOf({ bots, twitch, model, dataDir: options.dataDir })
  await options.before?.({ twitch, model })
  const chorus = await createChorus(
    {
      ...config,
      channels: [...channels],
      bots: bots.map((login) => ({ login, persona: `A regular called ${login}.` })),
      replies: { chance: 0, ...config.replies },
    },
    {
      environment,
      clock: options.clockOf?.(clock) ?? clock,
      random: seededRandom(3),
      ...(options.tokens && { tokens: options.tokens }),
      ...(options.tokenUse && { tokenUse: options.tokenUse }),
      ...(options.logger && { logger: options.logger }),
    },
  )
  const record = new EventRecord(chorus.events)
  const room = twitch.room(channels[0] ?? CHANNEL)
  const play = (scenario: Scenario) => playScenario({ scenario, simulator: twitch, clock, signal: soon() })
  return { bots, clock, twitch, model, chorus, record, room, play }
}

async function standIns(bots: readonly string[], options: FixtureOptions) {
  const { clock = new PacedClock(options.factor ?? 10), latency = 500, moderation } = options
  const accounts = bots.map((login) => ({ login, token: tokenOf(login) }))
  const twitch = new TwitchSimulator({ clock, random: seededRandom(1), accounts })
  const model = new ModelSimulator({
    clock,
    random: seededRandom(2),
    latency,
    ...(moderation && { moderation }),
  })
  await Promise.all([twitch.start(), model.start()])
  return { clock, twitch, model }
}

function environmentOf({
  bots,
  twitch,
  model,
  dataDir,
}: Pick<Fixture, 'bots' | 'twitch' | 'model'> & { readonly dataDir: string | undefined }) {
  const values = {
    TWITCH_CHAT_URL: twitch.url,
    OPENAI_BASE_URL: model.url,
    OPENAI_API_KEY: API_KEY,
    ...Object.fromEntries(bots.map((login) => [`TWITCH_TOKEN_${login.toUpperCase()}`, tokenOf(login)])),
  }
  const { environment, problems } = parseEnvironment(values, { logins: bots.map(toBotLogin), cwd: '/' })
  expect(problems).toEqual([])
  return { ...environment, dataDir }
}
