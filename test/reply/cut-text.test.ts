import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutText } from '../../src/reply/cut-text.js'

describe('a text that is cut', () => {
  it.each([
    ['stays as it is where it fits', 'one two three', 13, 'one two three'],
    ['ends with a sentence where enough fits', 'One is here. Two is not, is it', 20, 'One is here.'],
    ['counts its sign', 'one two three', 12, 'one two…'],
    ['ends with a word whole', 'one two three', 8, 'one two…'],
    ['goes on behind a sentence that is too short', 'Oh! What a long line this is', 20, 'Oh! What a long…'],
    ['has no comma before the sign', 'well, yes, no, maybe', 11, 'well, yes…'],
    ['ends within a word that is too long', 'a lanternlanternlantern', 12, 'a lanternla…'],
    ['leaves out a half name', 'lanternlantern@somebody_else', 20, 'lanternlantern…'],
    ['leaves out a half address', '見て見て見てhttps://a.example/path', 20, '見て見て見て…'],
    ['leaves out a half bare address', '見て見て見てexample.com', 14, '見て見て見て…'],
    ['has its sign apart from an address', 'go to https://a.io/b right away', 24, 'go to https://a.io/b …'],
    ['leaves out an address that no sign fits behind', 'go on to www.a.io/bc right', 21, 'go on to…'],
    ['is empty where an address is all', 'https://a.example/path', 20, ''],
    ['is empty where not even a character fits', '👨‍👩‍👧👨‍👩‍👧', 8, ''],
    ['is empty where only the sign fits', 'one', 1, ''],
    ['is empty where nothing fits', 'one', 0, ''],
    ['is empty below nothing', 'one', -3, ''],
  ])('%s', (_, text, maxUnits, cut) => {
    expect(cutText(text, maxUnits)).toBe(cut)
  })

  const PIECES = [
    ...[
      'one',
      'lantern',
      'a',
      'sea.',
      'no?',
      '"yes!"',
      '海',
      '海。',
      '👨‍👩‍👧',
      '👍🏽',
      '🇩🇪',
      'q\u030c',
      '- ',
    ],
    ...['@bob', '@Somebody_Else', '＠bob', '@bobさん', '@Ольга'],
    ...['https://a.example/b?c=d', 'www.a.org/x', 'example.com', 'ann@example.org', 'clips.twitch.tv/Ab'],
  ]
  const text = fc
    .array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom(' ', ' ', '')), { maxLength: 60 })
    .map((pieces) => pieces.flat().join(''))

  it('is a beginning of it that fits and shows that it is none of the whole', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 300 }), (whole, maxUnits) => {
        const cut = cutText(whole, maxUnits)
        expect(cut.length).toBeLessThanOrEqual(maxUnits)
        expect(cutText(cut, maxUnits)).toBe(cut)
        if (whole.length <= maxUnits) expect(cut).toBe(whole)
        else if (cut !== '') {
          expect(cut).toMatch(/[.?!。…]"?$/)
          expect(whole.startsWith(cut) || whole.startsWith(cut.replace(/ ?…$/, ''))).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  /** Beside other letters nobody could say where a name or an address ends. */
  const spaced = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 60 })

  it('never ends inside a character, a name or an address', () => {
    const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })
    const split = (some: string) => Array.from(segmenter.segment(some), ({ segment }) => segment)
    fc.assert(
      fc.property(spaced, fc.integer({ min: 2, max: 300 }), (pieces, maxUnits) => {
        const whole = pieces.join(' ')
        fc.pre(whole.length > maxUnits)
        const said = cutText(whole, maxUnits)
        const kept = whole.startsWith(said) ? said : said.replace(/ ?…$/, '')
        expect(split(whole).slice(0, split(kept).length)).toEqual(split(kept))
        const isWhole = kept === '' || kept.split(' ').every((word, at) => word === whole.split(' ')[at])
        const last = whole.split(' ')[kept.split(' ').length - 1] ?? ''
        // What is neither may be halved; what is left of an address is never glued to the sign.
        expect(isWhole || !/[@＠./]\w/.test(last)).toBe(true)
        expect(said).not.toMatch(/(?:\/\/|www\.|\.com|\.org|\.tv)\S*…$/)
      }),
      { numRuns: 1000 },
    )
  })

  it('is cut in time however it was built', () => {
    for (const unit of ['a', '@', 'a.', 'a.com/。', 'x@', '海。', '…', ', ', '\u0301', 'www.', 'http:'])
      expect(cutText(unit.repeat(4000 / unit.length), 480).length).toBeLessThanOrEqual(480)
  }, 2000)
})
