/**
 * Text safety as a list of promises, each tried on strings built to break it. What is looked for is spelled out here
 * once more, in other words than in the code, so that a slip there does not hide itself.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChatTextRules, toChatText } from '../../src/reply/chat-text.js'
import { anyRules, hostileText, rules } from './hostile-text.js'

const RUNS = 1000

/** Checks every line that comes out; what is refused breaks no promise. */
function everyLine(check: (text: string, rules: ChatTextRules) => void, given = anyRules): void {
  fc.assert(
    fc.property(hostileText, given, (raw, some) => {
      const result = toChatText(raw, some)
      if (result.kind === 'text') check(result.text, some)
    }),
    { numRuns: RUNS },
  )
}

describe('for every string, the line that is written', () => {
  it('is a single line without control characters', () => {
    everyLine((text) => expect(text).not.toMatch(/[\p{Cc}\u2028\u2029]/u))
  })

  it('turns no text around', () => {
    everyLine((text) => expect(text).not.toMatch(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u))
  })

  it('is well-formed, and holds nothing but a plain space for a blank', () => {
    everyLine((text) => {
      expect(() => encodeURIComponent(text)).not.toThrow()
      expect(text).not.toMatch(/(?! )\p{Zs}|\u2800|^ | $| {2}/u)
    })
  })

  it('hides nothing but what holds emoji and words together', () => {
    everyLine((text) => {
      const rest = text
        .replace(/\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}/gu, '')
        .replace(
          /(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d(?=\p{Extended_Pictographic})/gu,
          '',
        )
        .replace(/(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier})(?:\ufe0e|\ufe0f)/gu, '')
        .replace(/(?<=[0-9#*])\ufe0f(?=\u20e3)/gu, '')
        .replace(
          /(?<![\p{ASCII}\p{sc=Latn}\p{sc=Cyrl}])(?:\u200c|\u200d)(?![\p{ASCII}\p{sc=Latn}\p{sc=Cyrl}])/gu,
          '',
        )
      expect(rest).not.toMatch(/\p{Default_Ignorable_Code_Point}|\p{Co}|\p{Cs}|[\ufff9-\ufffb]/u)
    })
  })

  it('stacks no more than three marks on a letter', () => {
    everyLine((text) => expect(text).not.toMatch(/\p{M}{4}/u))
  })

  it('starts with something that is seen', () => {
    // Some format characters are seen: they stand above or around the digits of a number.
    const signs = String.raw`[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}]`
    const letter = String.raw`[^\p{M}\p{Z}\p{C}\p{Default_Ignorable_Code_Point}]`
    const start = new RegExp(String.raw`^(?:\p{Extended_Pictographic}|${signs}|${letter})`, 'u')
    everyLine((text) => expect(text).toMatch(start))
  })

  it('is no command, neither Twitch’s nor another bot’s', () => {
    everyLine((text, { prefixes }) => {
      expect(text).not.toMatch(/^[/.\\!]/)
      for (const prefix of prefixes.filter((some) => some.trim() !== ''))
        expect(text.toLowerCase().startsWith(prefix.toLowerCase())).toBe(false)
    })
  })

  it('is never longer than asked for', () => {
    everyLine((text, { maxUnits }) => expect(text.length).toBeLessThanOrEqual(Math.min(500, maxUnits)))
  })

  it('pings nobody but the viewers answered', () => {
    everyLine((text, { answering }) => {
      for (const [, name = ''] of text.matchAll(/[@＠﹫]\p{M}*([\p{L}\p{N}_]+)/gu)) {
        const answered = answering.find((some) => name.toLowerCase().startsWith(some.toLowerCase()))
        // What is left is a particle: letters that no login has.
        expect(name.slice(answered?.length ?? 0)).toMatch(/^(?:\p{Lo}.*)?$/u)
        expect(answered).toBeDefined()
      }
    })
  })

  it('pings nobody by a digit of another script behind the name: it is no particle', () => {
    const some = { self: [], answering: ['eve'], prefixes: [], links: false, maxUnits: 500 }
    expect(toChatText('@eve๐ hi', some)).toEqual({ kind: 'text', text: 'eve๐ hi' })
    expect(toChatText('@eveครับ hi', some)).toEqual({ kind: 'text', text: '@eveครับ hi' })
  })

  it('keeps its thoughts to itself', () => {
    everyLine((text) => expect(text).not.toMatch(/<\s*\/?\s*(?:think(?:ing)?|reasoning)\s*>/i))
  })

  it('shows no code fence, bold mark, link mark or control token', () => {
    everyLine((text) => expect(text).not.toMatch(/```|\*\*hi\*\*|\[\w+\]\(\w*\)|<\|im_end\|>|^#{1,6} /))
  })

  it('holds no link where links are off', () => {
    const noLinks = anyRules.map((some) => ({ ...some, links: false }))
    everyLine((text) => {
      expect(text).not.toMatch(/[a-z]{2,}:\/\/|(?<![a-z0-9])www\.\w|\w[.．](?:com|gg)(?![\w])/i)
    }, noLinks)
  })

  it('starts with no name of the bot’s own', () => {
    everyLine((text, { self }) => {
      if (self.includes('ava')) expect(text).not.toMatch(/^@?ava: /i)
      if (self.includes('ava')) expect(text).not.toMatch(/^<ava>/i)
    })
  })

  it('is safe as it is: going through again changes nothing', () => {
    everyLine((text, some) => expect(toChatText(text, some)).toEqual({ kind: 'text', text }))
  })
})

const alphanumeric = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789')
const body = (min: number, max: number) =>
  fc
    .tuple(
      fc.string({ unit: alphanumeric, minLength: min - 12, maxLength: max - 12 }),
      fc.integer({ min: 0, max: 9 }),
    )
    .map(([some, digit]) => `a${digit}b7c3d9${some}e1f5`)
const secret = fc.oneof(
  body(24, 30).map((some) => `oauth:${some}`),
  body(24, 30),
  body(32, 50).map((some) => `sk-proj-${some}`),
  body(32, 40).map((some) => `ghp_${some}`),
  body(24, 40).map((some) => `Bearer ${some}`),
  body(20, 40).map((some) => `eyJhbGciOiJI.${some}.${some}`),
  fc
    .string({ unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'), minLength: 16, maxLength: 16 })
    .map((some) => `AKIA${some}`),
)

/** Ways to write a secret so that it does not look like one until it has been cleaned. */
const disguise = fc.constantFrom<(head: string, tail: string) => string>(
  (head, tail) => head + tail,
  (head, tail) => `${head}\u200b${tail}`,
  (head, tail) => `${head}\u00ad\u{e0041}${tail}`,
  (head, tail) => `${head}**${tail}**`,
  (head, tail) => `**${head}**${tail}`,
  (head, tail) => Array.from(head + tail, wide).join(''),
)

describe('a secret', () => {
  it('is refused wherever it stands and however it hides, also where the line is cut', () => {
    const before = fc.nat(180).map((words) => 'word '.repeat(words))
    const after = fc.constantFrom('', ' ok', '. And so on.')
    const at = fc.integer({ min: 1, max: 12 })
    fc.assert(
      fc.property(before, secret, at, disguise, after, (words, token, split, hide, rest) => {
        const raw = `${words}${hide(token.slice(0, split), token.slice(split))}${rest}`
        expect(toChatText(raw, rules)).toEqual({ kind: 'refused', reason: 'secret' })
      }),
      { numRuns: RUNS },
    )
  })
})

function wide(char: string): string {
  return /[!-~]/.test(char) ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : char
}

describe('a line that is too long', () => {
  const CHARACTERS = ['👨‍👩‍👧', '👍🏽', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🇩🇪', '1️⃣', '각', 'q̌', 'क्ष', 'a', 'ß', '❤️', 'กำ']
  // The running Node decides what one character is: newer ones take क्ष for one, older ones for two.
  const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })
  const split = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment)

  it('is never cut inside a character', () => {
    const character = fc.constantFrom(...CHARACTERS.filter((text) => text !== '🇩🇪'), '🇩🇪 ')
    fc.assert(
      fc.property(
        fc.array(character, { minLength: 1, maxLength: 3000 }),
        fc.integer({ min: 20, max: 500 }),
        (all, maxUnits) => {
          const result = toChatText(all.join(''), { ...rules, maxUnits })
          const said = result.kind === 'text' ? split(result.text.replace(/…$/, '')) : []
          expect(said).toEqual(split(all.join('')).slice(0, said.length))
          expect(said.length).toBeGreaterThan(0)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('ends with a whole word and a sign of the cut, or with a whole sentence', () => {
    const words = fc.array(fc.constantFrom('one', 'three', 'seven', 'eleven.', 'twelve!'), {
      minLength: 60,
      maxLength: 200,
    })
    fc.assert(
      fc.property(words, fc.integer({ min: 60, max: 200 }), (all, maxUnits) => {
        const result = toChatText(all.join(' '), { ...rules, maxUnits })
        const text = result.kind === 'text' ? result.text : ''
        expect(text).toMatch(text.length < all.join(' ').length ? /[.!…]$/ : /\w[.!]?$/)
        const said = text.replace(/…$/, '').split(' ')
        expect(said).toEqual(all.slice(0, said.length))
        expect(said.length).toBeGreaterThan(2)
      }),
    )
  })
})
