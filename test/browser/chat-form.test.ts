import { expect, test } from 'vitest'
import { chorusPages } from './chorus-page.js'
import { seen, until } from './page-parts.js'

const { open, takeFaults } = chorusPages()

/** The page of a demo. What is said there is on its way until `answer` is called. */
async function openWaiting() {
  const parts = await open({ isDemo: true })
  const { button, page } = parts
  let answer = () => {}
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  await page.route('**/api/demo/say', async (route) => {
    await answered
    await route.continue()
  })
  const text = page.getByLabel('and say')
  const say = async (viewer: string, line: string) => {
    await page.getByLabel('You are').fill(viewer)
    await text.fill(line)
    await button('Say it').click()
    await until(() => text.inputValue()).toBe('')
  }
  return { ...parts, answer, say, text }
}

test('what is typed while a line is on its way is kept when that is in chat', async () => {
  const { answer, chat, page, say, text } = await openWaiting()
  const answered = page.waitForResponse('**/api/demo/say')
  await say('ann', 'the first one')
  expect(await chat.textContent()).toBe('')
  await page.keyboard.type('the second one')
  answer()
  await answered
  await seen(chat.getByText('the first one'))
  expect(await text.inputValue()).toBe('the second one')
})

test('what is typed while a line is on its way is kept when that is refused', async () => {
  const { answer, notices, page, say, text } = await openWaiting()
  await say('ava', 'I am ava')
  await page.keyboard.type('the second one')
  answer()
  await seen(notices.getByText('That is the name of a bot'))
  expect(await text.inputValue()).toBe('the second one')
  expect(takeFaults()).toEqual([expect.stringContaining('409 (Conflict)')])
})

test('who talks under a bot’s name in the demo is refused in words, and what was typed comes back', async () => {
  const { button, chat, notices, page } = await open({ isDemo: true })
  await page.getByLabel('You are').fill('Ava')
  await page.getByLabel('and say').fill('I am ava')
  await button('Say it').click()
  await seen(notices.getByText('That is the name of a bot'))
  await until(() => page.getByLabel('and say').inputValue()).toBe('I am ava')
  expect(await chat.textContent()).toBe('')
  expect(takeFaults()).toEqual([expect.stringContaining('409 (Conflict)')])
})
