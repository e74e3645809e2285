import { expect, it } from 'vitest'
import { RecentIds } from '../src/recent-ids.js'

it('knows at least the last messages it was told of, and forgets the oldest', () => {
  const seen = new RecentIds(100)
  for (let id = 0; id < 1000; id++) expect(seen.add(`m${id}`)).toBe(true)
  for (let id = 900; id < 1000; id++) expect(seen.add(`m${id}`)).toBe(false)
  expect(seen.has('m700')).toBe(false)
})
