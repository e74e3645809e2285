import { fileURLToPath } from 'node:url'
import { describe, expect } from 'vitest'
import { test as base, CHANNEL } from './cli/cli-test.js'
import { soon } from './support/soon.js'

/** As `own-client.mjs` logs in: it is meant for a Twitch that takes any token. */
const TOKEN = 'any'

const test = base.extend({ latency: 50 })

/** Real processes on the built package, as somebody runs them. */
describe('the example', () => {
  test.for([
    ['embed', {}, /^No bot has a token: .* Sign at least one bot in: .*TWITCH_TOKEN_<LOGIN>\.$/],
    ['embed', { TWITCH_TOKEN_AVA: TOKEN }, /^No model to think with: .* Set OPENAI_API_KEY.*$/],
    ['own-client', {}, /^Set TWITCH_CHAT_URL .*$/],
    [
      'own-client',
      { TWITCH_CHAT_URL: 'ws://127.0.0.1:1' },
      /^No way into the chat of ws:\/\/127\.0\.0\.1:1\/: .*$/,
    ],
  ] as const)('%s with %j says in one line what to set', async ([name, env, line], { cli }) => {
    const file = fileURLToPath(new URL(`../examples/${name}.mjs`, import.meta.url))
    const { code, stderr } = await cli.spawn(process.execPath, [file], env).end()
    expect(stderr).toMatch(line)
    expect(code).toBe(1)
  })

  test.for(['own-client', 'embed'])(
    '%s answers a mention and stops gracefully',
    async (name, { cli, world }) => {
      world.twitch.addAccount({ login: 'ava', token: TOKEN })
      const file = fileURLToPath(new URL(`../examples/${name}.mjs`, import.meta.url))
      const example = cli.spawn(process.execPath, [file], { ...world.env([]), TWITCH_TOKEN_AVA: TOKEN })
      await world.twitch.ledger.until(
        (ledger) => ledger.sessions({ kind: 'join', channel: CHANNEL }).length > 0,
        soon(),
      )
      world.say('Ann', '@ava how are you?')
      expect(await world.answers(1)).toEqual([expect.stringMatching(/^ava: .*Ann/)])
      example.signal('SIGTERM')
      const { code, stdout, stderr } = await example.end()
      expect(stdout).toMatch(/^stopped: \d answered, 0 left$/m)
      expect([code, stderr]).toEqual([0, ''])
    },
  )
})
