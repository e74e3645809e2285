import { expect } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { type Cli, test } from '../cli/cli-test.js'
import { post, TOKEN } from '../control-room/room-fixture.js'
import { WAIT_MS } from '../support/soon.js'
import { browsers } from './browser-fixture.js'
import { gone, partsOf, rowsOf, seen, textsOf, until } from './page-parts.js'

const { openRoom, takeFaults } = browsers()

const BOTS = ['ava', 'bob', 'cleo', 'dan', 'eve']
/** A raid of a hundred takes Twitch’s limits as they are: many bots and shared lines get through it soonest. */
const CAST = `
channels: [mychannel]
bots: [${BOTS.map((login) => `{ login: ${login} }`).join(', ')}]
replies: { chance: 0, delays: { mention: [0, 0] }, joint: { whenWaitOver: 1 } }
queue: { global: 20, perBot: 4 }
stop: { deadline: 1 }
`
const ENV = { PORT: '0', CHORUS_CONTROL_TOKEN: TOKEN, LOG_LEVEL: 'debug', CHORUS_CONFIG: 'live.yaml' }
const VIEWERS = ['Ann', 'Ben', 'Cat', 'Dora']
const RAID_MAX_MS = 120 * SECOND
const OVER = /^Raid from CosmicCrumpet, 100 viewers: all 100 answered$|^All quiet: /

/** The page of a real demo, in which nobody talks but whom the test lets talk. */
async function openDemo(cli: Cli, config = CAST) {
  cli.write('live.yaml', config)
  const demo = cli.start(['demo'], ENV)
  const [url = ''] = /http\S+/.exec(await demo.line(/^Control room: http/)) ?? []
  await post(`${url}api/demo/pace`, { linesPerSecond: 0 })
  await demo.event('ready')
  const page = await openRoom({ url, link: url })
  const parts = partsOf(page)
  const say = async (viewer: string, text: string) => {
    await page.getByLabel('You are').fill(viewer)
    await page.getByLabel('and say').fill(text)
    await parts.button('Say it').click()
    await until(() => page.getByLabel('and say').inputValue()).toBe('')
  }
  return { ...parts, demo, page, say }
}

/** `7` of `Raid from CosmicCrumpet, 100 viewers: 7 of 52 answered, …`. */
function answeredIn(sentence: string | null): number {
  const [, some, all] = /^Raid from .*: (?:(\d+) of \d+|all (\d+)) answered/.exec(sentence ?? '') ?? []
  return Number(some ?? all ?? 0)
}

test('who types a mention as a viewer sees the bot’s answer in chat, and in the last lines', async ({
  cli,
}) => {
  const { button, chat, lines, page, say } = await openDemo(cli)
  await button('@ava').click()
  expect(await page.getByLabel('and say').inputValue()).toBe('@ava ')
  await say('PixelFan', '@ava do you like pizza?')
  await seen(chat.locator('.viewer', { hasText: 'PixelFan: @ava do you like pizza?' }))
  const answer = chat.locator('.bot', { hasText: /^ava.*@PixelFan/ })
  await seen(answer)
  const said = (await answer.textContent())?.split('@PixelFan ')[1] ?? 'nothing'
  await seen(
    rowsOf(lines)
      .filter({ hasText: '✓ Sent' })
      .filter({ hasText: 'ava → @PixelFan' })
      .filter({ hasText: said }),
  )
})

test('a line that is tried in the demo is by the built-in stand-in', async ({ cli }) => {
  const { tryOut } = await openDemo(cli)
  await tryOut.getByLabel('What a viewer says').fill('do you like pizza?')
  await tryOut.getByRole('button').click()
  await seen(tryOut.getByText(/^by the built-in stand-in, after \d+ s$/))
})

test('a model that goes away is told of, and that nobody makes lines; when it is back, who waited is answered', async ({
  cli,
}) => {
  const { button, chat, headline, light, modelPanel, page, say } = await openDemo(cli)
  await seen(modelPanel.getByText('● Not asked in the last minutes (breaker closed): it makes the lines'))
  await button('Model outage').click()
  await until(() => button('Model outage').getAttribute('aria-pressed')).toBe('true')
  for (const viewer of VIEWERS) await say(viewer, '@ava hello?')
  await seen(
    modelPanel.getByText(/^■ Away for \d+ s \(breaker open\): nobody makes lines: what is asked waits$/),
  )
  await seen(modelPanel.getByText(/It is asked again (now|in \d+ s)\.$/))
  await until(() => headline.textContent()).toBe('The model does not answer: 4 viewers wait')
  expect(await light.textContent()).toBe('■Look here')
  await seen(
    page.locator('.notes', {
      hasText: /^The built-in model has been away .* “Model outage” brings it back\./,
    }),
  )
  await seen(modelPanel.getByText('“Model outage” has sent it away, and brings it back.'))
  expect(await page.locator('body').textContent()).not.toMatch(/ECONNREFUSED|OPENAI_/)
  expect(await chat.locator('.bot').count()).toBe(0)
  await button('Model outage').click()
  await seen(modelPanel.getByText('● Answers (breaker closed): it makes the lines'))
  for (const viewer of VIEWERS) await seen(chat.locator('.bot', { hasText: `@${viewer}` }))
  await until(() => light.textContent()).toBe('●All well')
})

test('cut connections are shown on every bot’s card, and that they are back', async ({ cli }) => {
  const { button, card, chat, headline, notices, page, say } = await openDemo(cli)
  for (const bot of BOTS) await seen(card(bot).getByText('● In chat'))
  const cards = await textsOf(page, '.cards')
  await button('Cut the connection').click()
  await seen(notices.getByText('Every bot has lost its connection.'))
  await until(async () => (await cards()).join()).toContain('Not in chat: it connects by itself')
  for (const bot of BOTS) await seen(card(bot).getByText('● In chat'))
  const shown = (await cards()).join('\n')
  for (const bot of BOTS) expect(shown).toContain(`${bot}… Not in chat: it connects by itself`)
  await until(() => headline.textContent()).toMatch(/^All quiet: /)
  await say('Ann', '@ava are you back?')
  await seen(chat.locator('.bot', { hasText: '@Ann' }))
})

test('five questions, a line to everyone, and the speed of chat are played as they say', async ({ cli }) => {
  const { button, chat, page } = await openDemo(cli)
  const viewers = chat.locator('.viewer')
  // One may have come before the chat was silent.
  const before = await viewers.count()
  await button('Everyone respond').click()
  await seen(chat.locator('.viewer', { hasText: BOTS.map((bot) => `@${bot}`).join(' ') }))
  for (const bot of BOTS) await seen(chat.locator('.bot', { hasText: bot }))
  expect(await viewers.count()).toBe(before + 1)
  await button('Five questions').click()
  await until(() => viewers.count()).toBe(before + 6)
  expect(await page.getByLabel('Chat speed').inputValue()).toBe('0')
  await page.getByLabel('Chat speed').selectOption('wild')
  await until(() => viewers.count()).toBeGreaterThan(25)
  expect(await page.getByLabel('Chat speed').inputValue()).toBe('10')
})

test('a stop from the page ends the demo, is not taken for a crash, and tells what is left', async ({
  cli,
}) => {
  const { button, demo, headline, page, say } = await openDemo(cli)
  await button('Mute ava').click()
  await say('Ann', '@ava are you there?')
  await until(() => headline.textContent()).toBe('1 viewer waits')
  await page.getByRole('button', { name: /^Stop Answers/ }).click()
  await button('Stop it').click()
  await until(() => headline.textContent()).toMatch(
    /^Chorus has stopped: 1 mention has no answer\. When it is started again, /,
  )
  expect(await demo.ended).toMatchObject({ code: 0 })
  // The page goes on asking whether it is back.
  for (const fault of takeFaults())
    expect(fault).toMatch(/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/)
})

test('a raid of a hundred is followed to its last answer, over a reload in its middle', {
  timeout: RAID_MAX_MS + WAIT_MS,
}, async ({ cli }) => {
  const { button, chat, demo, headline, light, lines, page, waiting } = await openDemo(cli)
  await until(() => headline.textContent()).toMatch(/^All quiet: /)
  await until(() => light.textContent()).toBe('●All well')
  const sentences = await textsOf(page, 'h1')
  const lights = await textsOf(page, '.light')
  await button('Raid!').click()
  await seen(chat.getByText(/^100 raiders from \w+ have joined!$/))
  await until(() => headline.textContent()).toMatch(
    /^Raid from CosmicCrumpet, 100 viewers: \d+ of \d+ answered/,
  )
  await until(async () => answeredIn(await headline.textContent())).toBeGreaterThan(10)
  expect(await rowsOf(waiting).count()).toBeGreaterThan(0)
  const counts = (await sentences()).map(answeredIn)
  expect(counts).toEqual(counts.toSorted((a, b) => a - b))
  expect(new Set(counts).size).toBeGreaterThan(3)
  expect(await lights()).toEqual(['●All well', '▲Busy'])

  const before = {
    answered: Math.max(...counts),
    line: await rowsOf(lines).first().locator('.said').textContent(),
  }
  await page.reload()
  const afterwards = await textsOf(page, 'h1')
  await seen(rowsOf(lines).filter({ hasText: before.line ?? '' }))
  expect(answeredIn(await headline.textContent())).toBeGreaterThanOrEqual(before.answered)
  const chart = await page.getByRole('img', { name: 'in the last minute' }).getAttribute('aria-label')
  expect(Number(/(\d+) answered/.exec(chart ?? '')?.[1])).toBeGreaterThanOrEqual(before.answered)

  // When it has taken long it is over with its last answer, and nothing more is said of it.
  await expect.poll(afterwards, { timeout: RAID_MAX_MS }).toContainEqual(expect.stringMatching(OVER))
  await until(() => light.textContent()).toBe('●All well')
  await gone(rowsOf(waiting))
  await seen(waiting.getByText('Nobody.'))
  expect(unanswered(demo.output)).toEqual([])
})

/** Raiders whom no bot has called, by what the demo has printed. */
function unanswered(output: string): string[] {
  const [, sinceRaid = ''] = output.split(' raiders from ')
  const lines = sinceRaid.split('\n').flatMap((line) => {
    const [, name, text] = /^(\w+): (.*)$/.exec(line) ?? []
    return name !== undefined && text !== undefined ? [{ name, text }] : []
  })
  const called = lines
    .filter(({ name }) => BOTS.includes(name))
    .map(({ text }) => text)
    .join(' ')
  const raiders = lines.filter(({ name }) => !BOTS.includes(name)).map(({ name }) => name)
  expect(new Set(raiders).size).toBe(100)
  return raiders.filter((name) => !new RegExp(`@${name}\\b`, 'i').test(called))
}
