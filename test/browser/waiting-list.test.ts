import { describe, expect, test } from 'vitest'
import { ask } from '../integration/questions.js'
import { chorusPages } from './chorus-page.js'
import { rowsOf, seen, until } from './page-parts.js'

const { open } = chorusPages()

describe('what a reply waits for', () => {
  test('is its turn, or the end of its bot’s mute', async () => {
    const page = await open()
    const { chorus, model, waiting } = page
    const row = (viewer: string) => rowsOf(waiting).filter({ hasText: `${viewer} →` })
    model.always({ kind: 'hang' })
    for (const viewer of ['ann', 'bob', 'cat']) ask(page, { viewer })
    await seen(row('ann').getByText('→ ava, is being written'))
    await seen(row('cat').getByText('→ ava, waits its turn'))
    chorus.router.mute('ava')
    await seen(row('cat').getByText('→ ava, waits until it is unmuted'))
  })

  test('is a model that is away', async () => {
    const page = await open()
    const { model, waiting } = page
    await model.away()
    for (const viewer of ['ann', 'bob', 'cat', 'dan', 'eve']) ask(page, { viewer })
    await until(() =>
      rowsOf(waiting).filter({ hasText: '→ ava, waits for the model' }).count(),
    ).toBeGreaterThan(0)
    expect(await waiting.textContent()).not.toContain('waits its turn')
  })
})
