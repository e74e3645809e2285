import { describe, expect, test } from 'vitest'
import { ask, attemptsFor, outcomeOf } from '../integration/questions.js'
import { chorusPages, makeDead } from './chorus-page.js'
import { gone, partsOf, rowsOf, seen, until } from './page-parts.js'

const { open, takeFaults } = chorusPages()

describe('a bot’s card', () => {
  test('mutes it for good and lets it talk again: what it was asked meanwhile is answered then', async () => {
    const page = await open()
    const { button, card, chorus, lines, waiting } = page
    await button('Mute ben').click()
    await seen(card('ben').getByText('‖ In chat, muted'))
    expect(chorus.router.controls.muted).toEqual([expect.not.objectContaining({ leftMs: expect.anything() })])
    await seen(card('ben').getByText('muted', { exact: true }))
    await seen(card('ava').getByText('● In chat'))
    const question = ask(page, { bot: 'ben' })
    await seen(rowsOf(waiting).filter({ hasText: 'ann → ben' }))
    await button('Unmute ben').click()
    await seen(card('ben').getByText('● In chat'))
    expect(chorus.router.controls.muted).toEqual([])
    expect(await outcomeOf(page, question)).toMatchObject({ kind: 'sent' })
    await seen(rowsOf(lines).filter({ hasText: 'ben → @ann' }))
    await gone(rowsOf(waiting))
  })

  test('counts viewers where they wait, and says for how many of them a line is made', async () => {
    const page = await open()
    const { card, chorus, model } = page
    chorus.router.calm(true)
    chorus.router.mute('ava')
    for (const viewer of ['ann', 'bob', 'cat', 'dan', 'eve']) ask(page, { viewer })
    ask(page, { viewer: 'ann', text: 'and what else?' })
    await seen(card('ava').getByText('5 viewers queued'))
    await seen(card('ava').getByText('they wait until it is unmuted'))
    model.always({ kind: 'hang' })
    chorus.router.unmute('ava')
    await seen(card('ava').getByText('1 line in work for 5 viewers'))
    await seen(card('ava').getByText('0 viewers queued'))
  })

  test('mutes it for five minutes, and says for how long yet', async () => {
    const { button, card, chorus } = await open()
    await button('Mute ava for 5 min').click()
    await seen(card('ava').getByText(/^muted for (5 min|4 min \d+ s)$/))
    const [muted] = chorus.router.controls.muted
    expect(muted).toMatchObject({ bot: 'ava' })
    expect(muted?.leftMs).toBeGreaterThan(240_000)
    expect(muted?.leftMs).toBeLessThanOrEqual(300_000)
    await button('Unmute ava').click()
    await seen(button('Mute ava'))
    expect(chorus.router.controls.muted).toEqual([])
  })
})

test.each([
  ['Calm', 'isCalm'],
  ['Pause chance replies', 'isChancePaused'],
] as const)('%s is turned on and off, and shows how it stands', async (name, control) => {
  const { chorus, page } = await open()
  const turn = page.getByRole('button', { name: new RegExp(`^(✓ )?${name}`) })
  for (const isOn of [true, false]) {
    await turn.click()
    await until(() => turn.getAttribute('aria-pressed')).toBe(String(isOn))
    expect(chorus.router.controls[control]).toBe(isOn)
  }
})

test('who is skipped gets no answer, and is shown as withdrawn by the streamer', async () => {
  const page = await open()
  const { button, chorus, lines, notices, waiting } = page
  chorus.router.mute('ava')
  const skipped = ask(page, { viewer: 'ann' })
  const kept = ask(page, { viewer: 'cat' })
  await until(() => rowsOf(waiting).count()).toBe(2)
  await button('Skip the answer of ava to ann').click()
  await seen(notices.getByText('ann gets no answer from ava, unless the line was on its way.'))
  expect(await outcomeOf(page, skipped)).toEqual({ kind: 'withdrawn', by: 'streamer', reason: 'skipped' })
  await seen(
    rowsOf(lines)
      .filter({ hasText: '↩ Withdrawn' })
      .filter({ hasText: 'ava → @ann' })
      .filter({ hasText: 'skipped' }),
  )
  await until(() => rowsOf(waiting).count()).toBe(1)
  chorus.router.unmute('ava')
  expect(await outcomeOf(page, kept)).toMatchObject({ kind: 'sent' })
  expect(attemptsFor(page, skipped)).toEqual([])
})

test('a skip that comes after the answer says that it was too late', async () => {
  const page = await open()
  const { button, chorus, lines, notices } = page
  chorus.router.mute('ava')
  const question = ask(page, { viewer: 'ann' })
  // Pressed while ann still waits; what is pressed comes when she has her answer.
  await page.page.route('**/api/skip', async (route) => {
    chorus.router.unmute('ava')
    await outcomeOf(page, question)
    await route.continue()
  })
  await button('Skip the answer of ava to ann').click()
  await seen(notices.getByText('Too late: ava has answered ann, or no longer will.'))
  expect(await notices.textContent()).not.toContain('gets no answer')
  await seen(rowsOf(lines).filter({ hasText: '✓ Sent' }).filter({ hasText: 'ava → @ann' }))
})

describe('dead letters', () => {
  test('are shown with their reason; one that is tried again is answered and gone', async () => {
    const page = await open()
    const { button, deadLetters, lines, notices } = page
    expect(await deadLetters.count()).toBe(0)
    const [question = ''] = await makeDead(page, ['ann'])
    await seen(deadLetters.getByRole('heading', { name: 'Dead letters 1' }))
    const row = rowsOf(deadLetters).filter({ hasText: 'what does ann get?' })
    await seen(row.filter({ hasText: 'ann → ava, after 1 attempt' }).locator('.reason', { hasText: /\w/ }))
    await seen(rowsOf(lines).filter({ hasText: '■ Failed' }))
    await button('Redrive the question of ann').click()
    await seen(notices.getByText('ann’s question is tried again.'))
    await gone(deadLetters)
    await seen(rowsOf(lines).filter({ hasText: '✓ Sent' }).filter({ hasText: 'ava → @ann' }))
    expect(attemptsFor(page, question)).toHaveLength(1)
  })

  test('are given up one by one: the others stay', async () => {
    const page = await open()
    const { button, chorus, deadLetters } = page
    await makeDead(page, ['ann', 'cat'])
    await until(() => rowsOf(deadLetters).count()).toBe(2)
    await button('Discard the question of ann').click()
    await until(() => rowsOf(deadLetters).count()).toBe(1)
    expect(await rowsOf(deadLetters).textContent()).toContain('what does cat get?')
    expect(chorus.deadLetters?.list()).toMatchObject([{ viewer: 'cat' }])
  })

  test.each([
    ['Discard the question of ann', undefined],
    ['Discard all', 'Discard all of them'],
  ])('that somebody else has taken first are said to be gone: %s', async (name, confirmed) => {
    const page = await open()
    const { button, chorus, deadLetters, notices } = page
    await makeDead(page, ['ann'])
    await seen(rowsOf(deadLetters))
    await page.page.route('**/api/dead-letters/discard', async (route) => {
      chorus.deadLetters?.discard(chorus.deadLetters.list().map(({ id }) => id))
      await route.continue()
    })
    await button(name).click()
    if (confirmed !== undefined) await button(confirmed).click()
    await seen(notices.getByText('Too late: nothing of it is left in the dead letters.'))
    expect(await notices.textContent()).not.toContain('given up')
    await gone(deadLetters)
  })

  test.each([
    ['Redrive all', undefined, 'All of them are tried again.', ['sent', 'sent']],
    ['Discard all', 'Discard all of them', 'All of them are given up.', []],
  ])('are all taken at once: %s', async (name, confirmed, words, outcomes) => {
    const page = await open()
    const { button, deadLetters, notices, record } = page
    await makeDead(page, ['ann', 'cat'])
    await until(() => rowsOf(deadLetters).count()).toBe(2)
    await button(name).click()
    if (confirmed !== undefined) await button(confirmed).click()
    await seen(notices.getByText(words))
    await gone(deadLetters)
    const afterwards = () => record.of('reply:settled').slice(2)
    await until(() => afterwards().map(({ outcome }) => outcome.kind)).toEqual(outcomes)
  })
})

describe('stop', () => {
  test('is asked for twice: Escape and “Go on” leave Chorus alone, “Stop it” stops it', async () => {
    const { button, notices, page, stopChorus } = await open()
    const stop = page.getByRole('button', { name: /^Stop Answers/ })
    const dialog = page.getByRole('dialog', { name: 'Stop Chorus?' })
    await stop.click()
    await seen(dialog)
    await page.keyboard.press('Escape')
    await gone(dialog)
    await stop.click()
    await button('Go on').click()
    await gone(dialog)
    expect(stopChorus).not.toHaveBeenCalled()
    await stop.click()
    await button('Stop it').click()
    await seen(notices.getByText('Chorus is stopping.'))
    await gone(dialog)
    expect(stopChorus).toHaveBeenCalledOnce()
  })

  test('is shown while it goes on, and can’t be asked for again', async () => {
    const page = await open()
    const { card, chorus, headline, model } = page
    model.always({ kind: 'hang' })
    ask(page)
    await until(() => headline.textContent()).toMatch(/^1 viewer waits/)
    const stopped = chorus.gracefulStop({ deadlineMs: 60_000 })
    await until(() => headline.textContent()).toBe('Stopping: 1 answer to go')
    expect(await page.page.getByRole('button', { name: /^Stopping/ }).isDisabled()).toBe(true)
    await chorus.stop()
    await stopped
    await until(() => headline.textContent()).toBe('Chorus has stopped: 1 mention waits for the next start')
    for (const bot of page.bots) await seen(card(bot).getByText('○ Left chat'))
  })
})

describe('trying a persona', () => {
  test('shows what the bot would say, with its own persona and with another: chat hears nothing', async () => {
    const { bots, model, page, record, tryOut, twitch } = await open()
    await tryOut.getByRole('combobox').selectOption(bots[1] ?? '')
    await tryOut.getByLabel('What a viewer says').fill('do you like pizza?')
    await tryOut.getByRole('button').click()
    await seen(tryOut.getByText(/^ben: \S.*/))
    await seen(tryOut.getByText(/^by the model, after \d+ s$/))
    await tryOut.getByText('With another persona').click()
    await tryOut.getByLabel('Who the bot is').fill('A pirate named Captain Testbeard.')
    const first = await tryOut.locator('.said').textContent()
    await tryOut.getByRole('button').click()
    await until(() => tryOut.locator('.said').textContent()).not.toBe(first)
    const asked = model.records.filter((record) => record.path.endsWith('/chat/completions'))
    const prompts = asked.map(({ body }) => JSON.stringify(body))
    const [own = '', other = ''] = [prompts.at(0), prompts.at(-1)]
    expect(own).toContain('A regular called ben.')
    expect(other).toContain('Captain Testbeard')
    expect(other).not.toContain('A regular called ben.')
    expect(twitch.ledger.attempts()).toEqual([])
    expect(record.of('reply:accepted')).toEqual([])
    expect(await partsOf(page).lines.textContent()).toContain('Nothing has been said yet.')
  })

  test('tells in words why there is no line, and can be asked again', async () => {
    const { model, tryOut } = await open()
    model.always({ kind: 'bad-json' })
    await tryOut.getByLabel('What a viewer says').fill('hello?')
    await tryOut.getByRole('button').click()
    await seen(tryOut.locator('.reason', { hasText: /\S/ }))
    model.heal()
    await tryOut.getByRole('button', { name: 'See what it would say' }).click()
    await seen(tryOut.getByText(/^ava: \S/))
    expect(takeFaults()).toEqual([expect.stringContaining('503')])
  })
})

test('template lines stand in for a model that is away, and the page says so', async () => {
  const page = await open({ config: { model: { template: true } } })
  const { headline, lines, model, modelPanel, room } = page
  await model.away()
  for (const viewer of ['ann', 'cat', 'dan', 'eve']) room.say(viewer, '@ava hello?')
  await seen(modelPanel.getByText(/^■ Away for .* template lines stand in$/))
  await until(() => headline.textContent()).toMatch(/^The model does not answer: template lines stand in/)
  for (const viewer of ['ann', 'cat', 'dan', 'eve'])
    await seen(rowsOf(lines).filter({ hasText: `@${viewer}` }))
})
