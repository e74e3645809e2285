import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toBotLogin } from '../../src/domain.js'
import { MentionFinder } from '../../src/routing/mention.js'

const bot = (login: string, ...aliases: string[]) => ({ login: toBotLogin(login), aliases })
const finder = new MentionFinder([bot('ava'), bot('geneJacqueman', 'gene'), bot('bob_2', 'c++', 'липкий')])

describe('a mention', () => {
  it.each([
    ['@ava hello', ['ava']],
    ['hello @Ava, how are you?', ['ava']],
    ['@AVA!', ['ava']],
    ['(@ava)', ['ava']],
    ['@@ava', ['ava']],
    ['@genejacqueman and @bob_2 and @ava', ['geneJacqueman', 'bob_2', 'ava']],
    ['@ava @ava @ava', ['ava']],
    ['@ava님 안녕', ['ava']],
    ['@avaさん', ['ava']],
    ['@ava呢', ['ava']],
    ['@avaครับ', ['ava']],
    ['@ava❤️', ['ava']],
    ['gene, what do you think?', ['geneJacqueman']],
    ['GENE!', ['geneJacqueman']],
    ['@gene?', ['geneJacqueman']],
    ['do you like c++ ?', ['bob_2']],
    ['эй, Липкий!', ['bob_2']],
    ['@a\u200bv\u{e0000}a hi', ['ava']],
    ['@ava \u{e0000}', ['ava']],
  ])('is found in %j', (text, expected) => {
    expect(finder.find(text)).toEqual(expected)
  })

  it.each([
    '@avatar',
    '@ava_',
    '@ava1',
    'x@ava.com',
    'éa@ava',
    '_@ava',
    'ava',
    '@ аva with a Cyrillic a: @аva',
    'genes and eugene and x@gene.org',
    '@avaя',
    '＠ava',
    '@bob',
    '',
  ])('is not found in %j', (text) => {
    expect(finder.find(text)).toEqual([])
  })

  it('is not made by letters that only fold to ASCII', () => {
    const kelvin = new MentionFinder([bot('kiss')])
    expect(kelvin.find('@\u212aiss @ki\u017f\u017f')).toEqual([])
    expect(kelvin.find('@KISS')).toEqual(['kiss'])
  })

  it('by an alias that several bots share reaches all of them', () => {
    const shared = new MentionFinder([bot('ava', 'everyone'), bot('bob', 'everyone')])
    expect(shared.find('hello everyone')).toEqual(['ava', 'bob'])
  })
})

describe('for any text', () => {
  /** The rule read off once more, character by character, without any pattern. */
  function mentions(text: string, login: string): boolean {
    const chars = [...text.replace(/\p{Default_Ignorable_Code_Point}/gu, '')]
    const isWord = (char: string | undefined) => char !== undefined && /[\p{L}\p{N}_]/u.test(char)
    const attaches = (char: string | undefined) =>
      char !== undefined && /[\p{sc=Hangul}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u.test(char)
    return chars.some((char, at) => {
      if (char !== '@' || isWord(chars[at - 1])) return false
      const name = chars.slice(at + 1, at + 1 + login.length).join('')
      if (!/^[\x20-\x7e]*$/.test(name) || name.toLowerCase() !== login) return false
      const next = chars[at + 1 + login.length]
      return !isWord(next) || attaches(next)
    })
  }

  const piece = fc.oneof(
    fc.constantFrom(
      '@',
      'ava',
      'AVA',
      '@ava',
      '@Ava',
      ' ',
      '_',
      '1',
      'я',
      '님',
      'さ',
      '呢',
      'ค',
      ',',
      '!',
      '\u200b',
      '❤️',
      'é',
      '\u212a',
    ),
    fc.string({ unit: 'grapheme', maxLength: 3 }),
  )

  it('agrees with the rule read character by character', () => {
    const ava = new MentionFinder([bot('ava')])
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        expect(ava.find(text).length > 0).toBe(mentions(text, 'ava'))
      }),
      { numRuns: 3000 },
    )
  })
})
