import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../../src/clock.js'
import { counted, ended, grouped, toForeseen, toNames, toTime } from '../../../src/control-room/page/words.js'
import { toForeseen as toSentence } from '../../../src/control-room/snapshot/span.js'

describe('a time', () => {
  test.each([
    [-5 * SECOND, '0 s'],
    [0, '0 s'],
    [499, '0 s'],
    [500, '1 s'],
    [89.4 * SECOND, '89 s'],
    [89.5 * SECOND, '2 min'],
    [90 * SECOND, '2 min'],
    [89.4 * MINUTE, '89 min'],
    [89.5 * MINUTE, '2 h'],
    [90 * MINUTE, '2 h'],
    [48 * 60 * MINUTE, '48 h'],
  ])('of %d ms is read as %s', (ms, words) => {
    expect(toTime(ms)).toBe(words)
  })
})

test('what is foreseen is read on a card as in the sentence at the top', () => {
  for (let seconds = 0; seconds < 4 * 60; seconds++)
    expect(toForeseen(seconds * SECOND), `${seconds} s`).toBe(toSentence(seconds * SECOND))
  for (const ms of [10 * MINUTE, 89 * MINUTE, 3 * 60 * MINUTE]) expect(toForeseen(ms)).toBe(toSentence(ms))
})

describe('names', () => {
  const VIEWERS = ['ann', 'bob', 'cat', 'dan']
  const textOf = (viewers: readonly string[], most: number) =>
    toNames(viewers, most)
      .map(({ text }) => text)
      .join('')

  test.each([
    [0, 4, ''],
    [1, 4, '@ann'],
    [2, 4, '@ann and @bob'],
    [3, 4, '@ann, @bob and @cat'],
    [4, 4, '@ann, @bob, @cat and @dan'],
    [4, 3, '@ann, @bob, @cat and 1 more'],
    [4, 1, '@ann and 3 more'],
  ])('of %d viewers, %d at most, are read as %s', (viewers, most, words) => {
    expect(textOf(VIEWERS.slice(0, viewers), most)).toBe(words)
  })

  test('are pieces of their own, whatever they hold: the words around them are none', () => {
    const hostile = [' and @', '3 more', 'cat']
    const isName = ({ isName }: { readonly isName: boolean }) => isName
    expect(toNames(hostile, 2).filter(isName)).toMatchObject([{ text: '@ and @' }, { text: '@3 more' }])
    expect(toNames(hostile, 2).at(-1)).toEqual({ text: '1 more', isName: false })
  })
})

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1\u202f000'],
  [12345, '12\u202f345'],
  [1234567, '1\u202f234\u202f567'],
])('the number %d is grouped by threes', (count, words) => {
  expect(grouped(count)).toBe(words)
})

test('what is counted is one, or many: none is many', () => {
  expect([0, 1, 2, 1000].map((count) => counted(count, 'line'))).toEqual([
    '0 lines',
    '1 line',
    '2 lines',
    '1\u202f000 lines',
  ])
  expect(counted(2, 'reply', 'replies')).toBe('2 replies')
})

test.each([
  ['Look at its log', 'Look at its log.'],
  ['Look at its log.', 'Look at its log.'],
  ['Is it there?', 'Is it there?'],
  ['Wait …', 'Wait …'],
  ['No!', 'No!'],
])('“%s” has one end', (text, sentence) => {
  expect(ended(text)).toBe(sentence)
})
