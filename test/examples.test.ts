import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../src/clock.js'
import { seededRandom } from '../src/random.js'
import { ModelSimulator } from '../src/simulator/model-simulator.js'
import { TwitchSimulator } from '../src/simulator/twitch-simulator.js'

/** The examples as somebody runs them: real processes on the built package, against stand-ins on loopback. */
const clock = systemClock()
let twitch: TwitchSimulator
let model: ModelSimulator
let example: ChildProcess | undefined

beforeEach(async () => {
  twitch = new TwitchSimulator({ clock, random: seededRandom(1), openRegistration: true })
  model = new ModelSimulator({ clock, random: seededRandom(1), latency: 50 })
  await Promise.all([twitch.start(), model.start()])
})

afterEach(async () => {
  example?.kill('SIGKILL')
  await Promise.all([twitch.stop(), model.stop()])
})

it.each(['own-client', 'embed'])('the example %s answers a mention and stops gracefully', async (name) => {
  const file = fileURLToPath(new URL(`../examples/${name}.mjs`, import.meta.url))
  const env = {
    PATH: process.env['PATH'],
    TWITCH_CHAT_URL: twitch.url,
    OPENAI_BASE_URL: model.url,
    TWITCH_TOKEN_AVA: 'any',
  }
  example = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  example.stdout?.on('data', (data) => {
    output += data
  })
  await twitch.ledger.until((ledger) => ledger.sessions({ kind: 'join' }).length > 0)
  twitch.room('mychannel').say('ann', '@ava how are you?')
  await twitch.ledger.until((ledger) => ledger.delivered({ channel: 'mychannel' }).length > 0)
  example.kill('SIGTERM')
  const [code] = await once(example, 'exit')
  expect(output).toMatch(/stopped: \d answered, 0 left/)
  expect(code).toBe(0)
})
