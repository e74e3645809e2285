import { systemClock } from '../clock.js'
import { programName } from '../program-name.js'
import { seededRandom } from '../random.js'
import { ModelSimulator } from '../simulator/model-simulator.js'
import { TwitchSimulator } from '../simulator/twitch-simulator.js'

export interface SimulateOptions {
  readonly twitchPort: number
  readonly modelPort: number
  readonly seed: number
  /** Logins that are moderator in every channel. */
  readonly moderator: readonly string[]
  readonly write: (text: string) => unknown
}

/**
 * Runs the built-in Twitch, where any name with any token may log in, and the built-in model until a signal comes.
 *
 * @throws ChorusError `port-taken`
 */
export async function simulateCommand({
  twitchPort,
  modelPort,
  seed,
  moderator: moderators,
  write,
}: SimulateOptions): Promise<void> {
  const clock = systemClock()
  const random = seededRandom(seed)
  await using twitch = new TwitchSimulator({
    ...{ clock, random, moderators, port: twitchPort },
    openRegistration: true,
  })
  await using model = new ModelSimulator({ clock, random, port: modelPort })
  await twitch.start()
  await model.start()
  write(`The built-in Twitch and model are running. To use them:\n`)
  write(
    `  TWITCH_CHAT_URL=${twitch.url} OPENAI_BASE_URL=${model.url} TWITCH_TOKEN_STICKYMAN1776=any ${programName()} start\n`,
  )
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
