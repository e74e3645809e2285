import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { checkCommand } from '../../src/commands/check.js'
import { parseConfigFile } from '../../src/config-file.js'
import { limitsHint } from '../../src/limits-hint.js'
import { TokenStore } from '../../src/tokens/token-store.js'
import { tempFolder } from '../support/temp-folder.js'
import { storedToken } from '../tokens/stored-token.js'

const TOKEN = 'abcdefghij0123456789klmnopqrst'

let cwd: string

beforeEach(() => {
  cwd = tempFolder()
})

function check(yaml: string, env: Readonly<Record<string, string>> = {}): string {
  writeFileSync(path.join(cwd, 'my.yaml'), yaml)
  let printed = ''
  checkCommand({
    file: 'my.yaml',
    cwd,
    env,
    write: (text) => {
      printed += text
    },
  })
  return printed
}

const YAML = 'channels: [mychannel]\nbots: [{ login: stickyman1776, persona: "Hums: loudly" }]\n'

test('what it prints is a valid configuration with the defaults filled in', () => {
  const parsed = parseConfigFile(check(YAML))
  expect(parsed).toEqual(parseConfigFile(YAML))
  expect(check(YAML)).toContain('answerWithin: 900')
})

test('variables are shown as set or not set, never a part of a secret', () => {
  const printed = check(YAML.replace('Hums', `I know ${TOKEN}`), {
    TWITCH_TOKEN_STICKYMAN1776: TOKEN,
    OPENAI_API_KEY: '',
  })
  expect(printed).toMatch(/TWITCH_TOKEN_STICKYMAN1776 +set\n/)
  expect(printed).toMatch(/OPENAI_API_KEY +not set\n/)
  expect(printed).not.toContain(TOKEN)
})

test('notes and the hint about limits are shown', () => {
  const printed = check(`${YAML}queue: { global: 9 }\n`, { TWITCH_TOKEN_STICKY: TOKEN })
  expect(printed).toContain('# Note: TWITCH_TOKEN_STICKY belongs to no configured bot')
  expect(printed).toContain('# Note: For one bot, queue.global 5 and queue.perBot 2 work best')
})

test('tokens without a model are noted, with a model they are not', () => {
  const tokens = { TWITCH_TOKEN_STICKYMAN1776: TOKEN }
  expect(check(YAML, tokens)).toContain('# Note: Bots have tokens, but there is no model')
  expect(check(YAML, { ...tokens, OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' })).not.toContain(
    'there is no model',
  )
})

test.each([
  [1, 5, 2],
  [2, 5, 2],
  [3, 8, 2],
  [5, 8, 2],
  [6, 10, 1],
  [50, 10, 1],
])('for %i bots the limits %i and %i need no hint, others do', (bots, global, perBot) => {
  expect(limitsHint(bots, { global, perBot })).toBeUndefined()
  expect(limitsHint(bots, { global: global + 1, perBot })).toContain(
    `queue.global ${global} and queue.perBot ${perBot}`,
  )
  expect(limitsHint(bots, { global, perBot: perBot + 1 })).toContain('here they are')
})

test('a bot that was signed in is shown as such, and counts as one with a token', async () => {
  const store = new TokenStore({ dataDir: path.join(cwd, 'data'), clock: systemClock() })
  await store.update('StickyMan1776', () => storedToken('token-of-sticky'))
  const printed = check(YAML)
  expect(printed).toMatch(/TWITCH_TOKEN_STICKYMAN1776 +not set; signed in\n/)
  expect(printed).toContain('# Note: Bots have tokens, but there is no model')
  expect(check(YAML, { TWITCH_TOKEN_STICKYMAN1776: TOKEN })).toMatch(/TWITCH_TOKEN_STICKYMAN1776 +set\n/)
})
