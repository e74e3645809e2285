import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RawLine } from '../../src/chat/from-raw.js'
import { parseRaid } from '../../src/chat/raid-line.js'

const parser: { msg(line: string): RawLine } = createRequire(import.meta.url)('tmi.js/lib/parser.js')

const TAGS = {
  id: '3d830f12-795c-447d-af3c-ea05e40fbddb',
  login: 'turbowaffle',
  'msg-id': 'raid',
  'msg-param-displayName': 'TurboWaffle',
  'msg-param-login': 'turbowaffle',
  'msg-param-viewerCount': '15',
  'room-id': '33332222',
  'system-msg': '15\\sraiders\\sfrom\\sTurboWaffle\\shave\\sjoined!',
  'tmi-sent-ts': '1594517796120',
  'user-id': '123456',
}
const SHARED = {
  ...TAGS,
  id: 'of-the-copy',
  'msg-id': 'sharedchatnotice',
  'source-id': TAGS.id,
  'source-msg-id': 'raid',
}

/** The raid in a USERNOTICE with these tags; what is undefined is left out. */
function read(tags: Readonly<Record<string, string | undefined>>, channel = '#Here') {
  const given = Object.entries(tags).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  )
  return parseRaid(parser.msg(`@${given.join(';')} :tmi.twitch.tv USERNOTICE ${channel}`), 7)
}

const RAID = {
  id: TAGS.id,
  channel: 'here',
  from: { login: 'turbowaffle', displayName: 'TurboWaffle', userId: '123456' },
  viewers: 15,
  isMirrored: false,
  systemMessage: '15 raiders from TurboWaffle have joined!',
  arrivedAtMs: 7,
}

describe('a raid', () => {
  it('is read from its USERNOTICE', () => {
    expect(read(TAGS)).toEqual(RAID)
  })

  it('in a shared chat goes by the id of the original, and is mirrored where it went to another channel', () => {
    expect(read({ ...SHARED, 'source-room-id': '33332222' })).toEqual(RAID)
    expect(read({ ...SHARED, 'source-room-id': '44443333' })).toEqual({ ...RAID, isMirrored: true })
  })

  it.each([
    ['a resub', { ...TAGS, 'msg-id': 'resub' }],
    ['the copy of a resub', { ...SHARED, 'source-msg-id': 'resub' }],
    ['a copy of nothing', { ...SHARED, 'source-msg-id': undefined }],
    [
      'a line that only claims to be the copy of one',
      { ...TAGS, 'msg-id': 'resub', 'source-msg-id': 'raid' },
    ],
    ['without a name', { ...TAGS, login: '', 'msg-param-login': '' }],
    ['with a name that is none', { ...TAGS, login: undefined, 'msg-param-login': 'two\\swords' }],
  ])('is not %s', (_, tags) => {
    expect(read(tags)).toBeUndefined()
  })

  it.each([
    ['-5', 0],
    ['1.5', 0],
    ['NaN', 0],
    ['', 0],
    ['0x10', 0],
    ['00012', 12],
    ['9'.repeat(400), 10_000_000],
  ])('of “%s” viewers is one of %d', (count, viewers) => {
    expect(read({ ...TAGS, 'msg-param-viewerCount': count })?.viewers).toBe(viewers)
  })

  it('by somebody with a strange name has a plain one', () => {
    const nameOf = (name: string) => read({ ...TAGS, 'msg-param-displayName': name })?.from.displayName
    expect(nameOf('Turbo\\s\\n\\sWaffle\u202e\u0007')).toBe('Turbo Waffle')
    expect(nameOf('小林')).toBe('小林')
    expect(nameOf('')).toBe('turbowaffle')
    expect(nameOf('\u200b\\s')).toBe('turbowaffle')
    expect(nameOf('👋'.repeat(80))).toBe('👋'.repeat(50))
  })

  it('without ids gets made-up ones, the same on every connection', () => {
    const bare = { ...TAGS, id: undefined, 'user-id': 'no.id' }
    expect(read(bare)?.id).toMatch(/^synthetic-/)
    expect(read(bare)).toEqual(read(bare))
    expect(read(bare)?.id).not.toBe(read({ ...bare, 'tmi-sent-ts': '1594517796121' })?.id)
    expect(read(bare)?.from.userId).toBe('login:turbowaffle')
  })

  it('never throws, and is bounded and safe to keep, whatever its tags hold', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.constant(true),
      fc.constant(undefined),
    )
    const tags = fc.record(Object.fromEntries(Object.keys(SHARED).map((name) => [name, value])))
    const ids = fc.constantFrom(
      { 'msg-id': 'raid' },
      { 'msg-id': 'sharedchatnotice', 'source-msg-id': 'raid' },
    )
    fc.assert(
      fc.property(tags, ids, fc.array(fc.string()), (some, kind, params) => {
        const login = { 'msg-param-login': 'zed' }
        const line = { command: 'USERNOTICE', prefix: null, params, tags: { ...some, ...login, ...kind } }
        const raid = parseRaid(line, 7)
        if (!raid) return
        expect(JSON.parse(JSON.stringify(raid))).toEqual(raid)
        expect(Number.isInteger(raid.viewers) && raid.viewers >= 0).toBe(true)
        expect([...raid.from.displayName].length).toBeLessThanOrEqual(50)
        expect([...raid.systemMessage].length).toBeLessThanOrEqual(200)
        expect(raid.id.length).toBeLessThanOrEqual(64)
        const words = `${raid.from.displayName}${raid.systemMessage}${raid.from.userId}${raid.id}`
        expect(words).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
      }),
      { numRuns: 500 },
    )
  })
})
