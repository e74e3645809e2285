import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinParts, spelledLogin, unitsForLongest } from '../../src/reply/joint-line.js'

describe('the login of a viewer who is called', () => {
  it.each([
    ['has the viewer’s capitals', 'crispyyeti2', 'CrispyYeti2', 'CrispyYeti2'],
    ['stands for a name in another script', 'bob', 'ボブ', 'bob'],
    ['stands for somebody else’s name', 'ann', 'Bob', 'ann'],
    ['stands for a name with a space', 'ann', 'Ann ', 'ann'],
    ['stands for a letter that only becomes one of it', 'kim', '\u212aim', 'kim'],
    ['stands for none', 'ann', '', 'ann'],
  ])('%s', (_, login, displayName, called) => {
    expect(spelledLogin({ login, displayName })).toBe(called)
  })
})

describe('the room of a line', () => {
  const part = fc.record({
    login: fc.string({ minLength: 3, maxLength: 25 }),
    text: fc.integer({ min: 1, max: 500 }).map((units) => 'x'.repeat(units)),
  })
  const parts = fc.array(part, { minLength: 1, maxLength: 10 })
  const cutTo = (all: readonly { login: string; text: string }[], units: number) =>
    joinParts(all.map(({ login, text }) => ({ login, text: text.slice(0, units) }))).length

  it('holds all parts, and has none cut for less than a unit each', () => {
    fc.assert(
      fc.property(parts, (all) => {
        const units = unitsForLongest(all)
        expect(cutTo(all, units)).toBeLessThanOrEqual(500)
        if (cutTo(all, Number.POSITIVE_INFINITY) > 500) expect(cutTo(all, units + 1)).toBeGreaterThan(500)
        else expect(Math.max(...all.map(({ text }) => text.length))).toBeLessThanOrEqual(units)
      }),
    )
  })

  it.each([
    [[10, 10, 10], 500],
    [[1, 10, 483], 472],
    [[1, 400, 400], 241],
    [[483, 483, 483], 161],
    [[161, 161, 161], 500],
  ])('of parts of %j units gives none more than %i', (lengths, units) => {
    const all = lengths.map((length) => ({ login: 'ann', text: 'x'.repeat(length) }))
    expect(unitsForLongest(all)).toBe(units)
  })

  it('is whole without any', () => {
    expect(unitsForLongest([])).toBe(500)
  })
})
