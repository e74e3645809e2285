import { expect, it } from 'vitest'
import { inPool } from '../../bench/in-pool.mjs'

it('a pool runs the longest tasks first, so many at a time, and gives results in the order of the tasks', async () => {
  const seen: string[] = []
  const ends = new Map<string, () => void>()
  const task = (name: string, costMs: number) => ({
    costMs,
    run: () =>
      new Promise<string>((resolve) => {
        seen.push(`${name} begins`)
        ends.set(name, () => resolve(name))
      }),
  })
  const all = inPool([task('short', 1), task('long', 9), task('middle', 5)], 2)
  expect(seen).toEqual(['long begins', 'middle begins'])
  ends.get('middle')?.()
  await new Promise(setImmediate)
  expect(seen).toEqual(['long begins', 'middle begins', 'short begins'])
  ends.get('short')?.()
  ends.get('long')?.()
  expect(await all).toEqual(['short', 'long', 'middle'])
})

it('a pool ends with the first task that fails', async () => {
  const fails = { costMs: 1, run: () => Promise.reject(new Error('no')) }
  await expect(inPool([fails], 2)).rejects.toThrow('no')
})
