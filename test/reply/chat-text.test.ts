import { describe, expect, it } from 'vitest'
import { toChatText } from '../../src/reply/chat-text.js'
import { rules } from './hostile-text.js'

const said = (raw: string, some = rules) => {
  const result = toChatText(raw, some)
  return result.kind === 'text' ? result.text : `refused: ${result.reason}`
}

describe('text that is said as it is', () => {
  it.each([
    'Hello there, welcome in!',
    ':D',
    '<3',
    ':)',
    '?!',
    '*_*',
    '*o*',
    '>_< -_- ^_^ o_O T_T',
    '¯\\_(ツ)_/¯',
    ':`(',
    'xqcL',
    'snake_case and _ alone',
    'f**k, 2*3*4 is 5 * 3 * 2',
    '#1 fan',
    '10. Mai',
    '"yes" and "no"',
    "'tis y'all's turn",
    'gene :D',
    'e.g. Node.js, v1.2 at 3.5 p.m. in the U.S.',
    'the bearer of bad news learned sk-learn',
    'oauth: a fine protocol',
    'KEKW'.repeat(20),
    'iPhone15ProMaxVsGalaxyS24Ultra',
    'the-quick-brown-fox-2024-01-02-jumps-over-lazy-dogs',
    'Supercalifragilisticexpialidocious2024',
    'meet @ 5',
    'and/or 24/7',
    '1️⃣ ❤️ 👍🏽 👨‍👩‍👧 🏳️‍🌈 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇩🇪',
    'می‌خواهم',
    'क्‍ष',
    '안녕하세요! 그래요？',
    'สวัสดีครับ',
  ])('%s', (text) => {
    expect(said(text)).toBe(text)
  })
})

describe('what a model adds around its line', () => {
  it.each([
    ['<think>hm</think>\n\nhi', 'hi'],
    ['<THINKING >hm <b>x</b> </Thinking>hi', 'hi'],
    ['hi <reasoning>why', 'hi'],
    ['hm, I should</think>hi', 'hi'],
    ['<think>a<think>b</think>c</think>hi', 'hi'],
    ['<thi<think>x</think>nk>secret plan</think>hi', 'hi'],
    ['<th\u200bink>x</think>hi', 'hi'],
    [`<think>${'so '.repeat(100_000)}</think>hi`, 'hi'],
    ['Ava: hi', 'hi'],
    ['@ava: hi', 'hi'],
    ['<Ava> hi', 'hi'],
    ['[captain ava]: hi', 'hi'],
    ['**Ava:** "hi"', 'hi'],
    ['ava (you): ava: hi', 'hi'],
    ['c++: hi', 'hi'],
    ['Ava：hi', 'hi'],
    ['ava, of all people', 'ava, of all people'],
    ['"hi there"', 'hi there'],
    ['“it’s fine”', 'it’s fine'],
    ["'it's fine'", "it's fine"],
    ['«„hi“»', 'hi'],
    ['<line>hi</line><|im_end|>', 'hi'],
  ])('goes: %j', (raw, text) => {
    expect(said(raw)).toBe(text)
  })
})

describe('markdown', () => {
  it.each([
    ['**bold** and *soft* and __bold__ and _soft_', 'bold and soft and bold and soft'],
    ['**very *much* so**', 'very much so'],
    ['***both***', 'both'],
    ['**cut off', 'cut off'],
    ['~~no~~ ||spoiler||', 'no spoiler'],
    ['# Head\n\ntext', 'Head text'],
    ['- one\n* two\n+ three', 'one two three'],
    ['1. one\n2. two', 'one two'],
    ['one\r\n- two\u2028- three\r- four\u0085- five', 'one two three four five'],
    ['> quoted', 'quoted'],
    ['```js\nlet x\n```', 'let x'],
    ['say `x` and ``y``', 'say x and y'],
    ['one\n---\ntwo', 'one two'],
    ['[here](https://evil.com/x) and ![cat](x.png)', 'here and cat'],
    ['it\\*s \\#1', 'it*s #1'],
  ])('leaves the words of %j', (raw, text) => {
    expect(said(raw)).toBe(text)
  })
})

describe('what could do harm', () => {
  it.each([
    ['/ban bob', 'ban bob'],
    ['. /ban bob', 'ban bob'],
    ['\u200b//me hi', 'me hi'],
    ['"/ban bob"', 'ban bob'],
    ['Ava: !cmd', 'cmd'],
    ['!\u0338cmd', 'cmd'],
    ['PLS pls $give', 'give'],
    ['cafe\u0301', 'caf\u00e9'],
    [`hi ${'\u200b'.repeat(3990)}unfinished`, 'hi'],
    ['pls !'.repeat(50), 'refused: empty'],
    [`${'pls $'.repeat(50)}hi`, 'hi'],
    ['...well', 'well'],
    ['\\o/', 'o/'],
    ['a\r\nPRIVMSG #x :b', 'a PRIVMSG #x :b'],
    ['a\0b\x01c', 'abc'],
    ['\x01ACTION waves\x01', 'ACTION waves'],
    ['a\u202eb\u2066c', 'abc'],
    ['half \ud83d an emoji \udc4d', 'half an emoji'],
    ['a\u200db', 'ab'],
    ['x\u{e0041}\u{e0042}', 'x'],
    ['🏴\u{e0068}\u{e0069}\u{e007f}', '🏴'],
    ['q\u0301\u0302\u0303\u0304\u0305', 'q\u0301\u0302\u0303'],
    ['hi @bob, @Ольга, @BOB님!', 'hi @bob, @Ольга, @BOB님!'],
    ['hi @eve ＠eve ﹫eve @@eve @\u200beve @\u0301eve @**eve**', 'hi eve eve eve eve eve eve eve'],
    ['hi @bobby @bob_2 ＠bob @@bob', 'hi bobby bob_2 @bob @bob'],
    ['@bob@eve@bob hi', '@bob eve @bob hi'],
    ['see https://x.y/z now', 'see now'],
    ['see (http://1.2.3.4:80) www.x.y discord.gg/abc mail me@evil.com now', 'see mail now'],
    ['go evil.com now', 'go evil. com now'],
    ['go evil.\u200bcom evil．com now', 'go evil. com evil． com now'],
    ['that was great.me too', 'that was great. me too'],
  ])('goes from %j', (raw, text) => {
    expect(said(raw)).toBe(text)
  })

  it.each([
    'oauth:abcdef',
    'use sk-abc123def456',
    'Bearer abcdef1234567890',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.x',
    'ghp_abcdefghijklmnop1234',
    'AKIAIOSFODNN7EXAMPLE',
    'AIzaSyAbcdefghijklmnopqrstu',
    'xoxb-abcdefgh',
    'glpat-abcdefghijk',
    'sk_live_abcdefgh',
    'aGVsbG8gV29ybGQgdGhpcyBpcyBiYXNlNjQgdGV4dCBvZiBrZXlz',
    'q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5',
    '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA',
    'q9/Zt+Kp3dLw/Xb7Rm+Ya2Vc/Hn5Te+Jg8Us/Fo1Q',
    '-----BEGIN PRIVATE KEY-----',
    'live_123456789_AbCdEfGhIjKlMn',
    'see https://x.y/?k=sk-abc123def456',
    '<think>hm</think>oauth\u200b:abcdef',
    'ｏａｕｔｈ：ａｂｃｄｅｆ',
  ])('is refused as a secret: %j', (raw) => {
    expect(said(raw)).toBe('refused: secret')
  })

  it.each([
    '',
    ' ',
    '\u200b',
    '...',
    '/ ! \\',
    '``` ```',
    '""',
    '<think>only',
    '<think>a<think>b</think>c',
    '\u0301',
    'Ava:',
    'https://x.y',
  ])('leaves nothing to say of %j', (raw) => {
    expect(said(raw)).toBe('refused: empty')
  })
})

describe('links that are allowed', () => {
  const linking = { ...rules, links: true }
  it.each([
    ['see https://x.com/a?b=c, evil.com', 'see https://x.com/a?b=c, evil.com'],
    ['[here](https://x.com/a)', 'here https://x.com/a'],
    ['<https://x.com/a>', 'https://x.com/a'],
  ])('stay: %j', (raw, text) => {
    expect(said(raw, linking)).toBe(text)
  })
})

describe('a line that is too long', () => {
  it.each([
    ['One is here. Two is here. Three is here.', 30, 'One is here. Two is here.'],
    ['He said "stop." Then he went on and on.', 20, 'He said "stop."'],
    ['これは長い文です。これも長い文です。', 12, 'これは長い文です。'],
    ['Oh. What a long line without an end', 20, 'Oh. What a long…'],
    ['one two three four', 11, 'one two…'],
    ['a👨‍👩‍👧👨‍👩‍👧', 12, 'a👨‍👩‍👧…'],
    ['👨‍👩‍👧', 5, 'refused: empty'],
    ['hi', 0, 'refused: empty'],
    ['hi', Number.NaN, 'refused: empty'],
  ])('%j within %i units ends well', (raw, maxUnits, text) => {
    expect(said(raw, { ...rules, maxUnits })).toBe(text)
  })

  it('has 500 units at most, whatever is asked for', () => {
    expect(said('x'.repeat(600), { ...rules, maxUnits: 1000 })).toBe(`${'x'.repeat(499)}…`)
  })
})
