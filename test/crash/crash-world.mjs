import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { systemClock } from '../../dist/clock.js'
import { seededRandom } from '../../dist/random.js'
import { ModelSimulator } from '../../dist/simulator/model-simulator.js'
import { TwitchSimulator } from '../../dist/simulator/twitch-simulator.js'

/** @import { Clock } from '../../dist/clock.js' */
/** @import { Plan } from './round-plan.mjs' */

const CHANNEL = 'crashchannel'
export const BOTS = ['ava', 'ben']

/**
 * What outlives the processes of a round: Twitch, the model, the data folder and the time.
 *
 * @typedef {object} CrashWorld
 * @property {Clock} clock
 * @property {number} wallAheadMs what the clock on the wall shows beyond the monotonic one
 * @property {TwitchSimulator} twitch
 * @property {ModelSimulator} model
 * @property {import('../../dist/simulator/room.js').Room} room
 * @property {string} folder
 * @property {NodeJS.ProcessEnv} env that leads a process there
 * @property {() => Promise<void>} end
 */

/**
 * @param {Pick<Plan, 'seed' | 'factor' | 'isModerator'>} plan
 * @returns {Promise<CrashWorld>}
 */
export async function startWorld({ seed, factor, isModerator }) {
  const clock = systemClock(factor)
  const random = seededRandom(seed)
  const accounts = BOTS.map((login) => ({ login, token: `built-in-token-${login}` }))
  const twitch = new TwitchSimulator({ clock, random, accounts })
  const model = new ModelSimulator({ clock, random })
  await Promise.all([twitch.start(), model.start()])
  const room = twitch.room(CHANNEL)
  if (isModerator) for (const login of BOTS) room.setRole(login, 'moderator')
  const folder = mkdtempSync(path.join(tmpdir(), 'chorus-crash-'))
  return {
    clock,
    wallAheadMs: clock.wall() - clock.now(),
    twitch,
    model,
    room,
    folder,
    env: {
      TWITCH_CHAT_URL: twitch.url,
      OPENAI_BASE_URL: model.url,
      ...Object.fromEntries(
        accounts.map(({ login, token }) => [`TWITCH_TOKEN_${login.toUpperCase()}`, token]),
      ),
    },
    async end() {
      await Promise.all([twitch.stop(), model.stop()])
      rmSync(folder, { recursive: true })
    },
  }
}
