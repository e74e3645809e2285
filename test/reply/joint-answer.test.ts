import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJointAnswer } from '../../src/reply/joint-answer.js'
import { cpuMs } from '../support/cpu-time.js'
import { hostileText } from './hostile-text.js'

const VIEWERS = [
  { login: 'ann', displayName: 'Ann' },
  { login: 'bob_77', displayName: 'ボブ' },
  { login: 'cid', displayName: 'CID' },
]
const ALL = ['hi there', 'yo', 'hey']

const parse = (answer: string) => parseJointAnswer(answer, VIEWERS)

describe('what a model answers to several viewers', () => {
  it.each([
    ['as asked', 'ann: hi there\nbob_77: yo\ncid: hey'],
    ['with CR and LF, and empty lines', 'ann: hi there\r\n\r\nbob_77: yo\r\n\r\ncid: hey\r\n'],
    ['in any case, and without spaces', 'ANN:hi there\nBob_77 : yo\nCid：hey'],
    ['in another order', 'cid: hey\nann: hi there\nbob_77: yo'],
    ['with numbers and names', '1. ann: hi there\n2) bob_77: yo\n(3) cid: hey'],
    ['with numbers in bold', '**1.** ann: hi there\n**2. bob_77:** yo\n**3.** **cid**: hey'],
    ['with at signs', '@ann hi there\n@bob_77: yo\n@cid, hey'],
    ['as a list of bold names', '- **ann**: hi there\n- **@bob_77**: yo\n* **cid:** hey'],
    ['as quotations and headings', '> ann: hi there\n## bob_77\nyo\n### cid:\nhey'],
    ['as a chat is printed', '<ann> hi there\n[bob_77] yo\n<cid>: hey'],
    ['with dashes and arrows', 'ann - hi there\nbob_77 — yo\ncid -> hey'],
    ['with display names', 'Ann: hi there\nボブ: yo\n@CID hey'],
    ['with particles behind the names', '@ann님 hi there\n@bob_77さん: yo\ncid: hey'],
    ['to each, in words', 'To ann: hi there\nReply to @bob_77: yo\nAnswer to cid: hey'],
    ['with the lines below the names', '@ann\nhi there\n\n**bob_77:**\nyo\n\ncid\nhey'],
    ['with numbers only', '1. hi there\n2. yo\n3. hey'],
    ['with numbers only, in another order', '3) hey\n1) hi there\n2) yo'],
    ['in prose', 'Sure! @ann hi there @bob_77 yo @cid hey'],
    ['in one line of names and colons', 'ann: hi there bob_77: yo cid: hey'],
    ['in one line of numbers', '1. ann: hi there 2. bob_77: yo 3. cid: hey'],
    ['in a script without spaces', '@ann hi there@bob_77님 yo @cid hey'.replace('there@', 'there。@')],
    ['behind thoughts', '<think>ann: no\nbob_77: no</think>\nann: hi there\nbob_77: yo\ncid: hey'],
    [
      'between other words',
      'Here are the answers:\n\nann: hi there\nbob_77: yo\ncid: hey\n\nHope that helps!',
    ],
    ['in a fence', '```\nann: hi there\nbob_77: yo\ncid: hey\n```'],
    ['as an object', '{"ann": "hi there", "@bob_77": "yo", "CID": "hey"}'],
    [
      'as an object in a fence',
      'Here:\n```json\n{\n "ann": "hi there",\n "bob_77": "yo",\n "cid": "hey"\n}\n```\nOk?',
    ],
    [
      'as a list of objects',
      '[{"viewer":"ann","answer":"hi there"},{"name":"bob_77","text":"yo"},{"user":"Cid","reply":"hey"}]',
    ],
    [
      'as objects in an object',
      '{"answers":{"ann":{"message":"hi there"},"bob_77":"yo","cid":{"text":"hey"}}}',
    ],
    ['as a list in an object', '{"replies": ["ann: hi there", "bob_77: yo", "@cid hey"]}'],
    [
      'as an object per line',
      '{"name":"ann","answer":"hi there"}\n{"name":"bob_77","answer":"yo"}\n{"name":"cid","answer":"hey"}',
    ],
    ['as an object that breaks off', '{\n "ann": "hi there",\n "bob_77": "yo",\n "cid": "hey"'],
  ])('is read %s', (_, answer) => {
    expect(parse(answer).map((text) => text?.replace('。', ''))).toEqual(ALL)
  })

  it.each<[string, string, (string | undefined)[]]>([
    ['leaves out who is missing', 'ann: hi\ncid: hey', ['hi', undefined, 'hey']],
    [
      'takes the first of two answers',
      'ann: hi\nann: no\nbob_77: yo\ncid: hey\nBOB_77: no',
      ['hi', 'yo', 'hey'],
    ],
    ['takes the first that says anything', 'ann:\nbob_77: yo\nann: hi', ['hi', 'yo', undefined]],
    ['drops viewers who were invented', 'ann: hi\nmallory: hello\nbob_77: yo', ['hi', 'yo', undefined]],
    ['drops them in prose', '@ann hi @mallory hello @bob_77 yo', ['hi', 'yo', undefined]],
    ['drops them among numbers', '1. mallory: hello\n2. @eve hello', [undefined, undefined, undefined]],
    ['cuts where another answer begins', 'ann: hi bob_77: yo', ['hi', 'yo', undefined]],
    ['cuts what an answer says to another', 'ann: tell @bob_77 no\nbob_77: yo', ['tell', 'yo', undefined]],
    ['cuts it in JSON', '{"ann": "hi @bob_77 no", "bob_77": "yo"}', ['hi', 'yo', undefined]],
    [
      'keeps a name that is only spoken of',
      'ann: ask bob_77 about it',
      ['ask bob_77 about it', undefined, undefined],
    ],
    ['keeps the viewer’s own name inside', 'ann: hi @ann, hi', ['hi @ann, hi', undefined, undefined]],
    ['takes the own name off, also twice', 'ann: @ann: hi\ncid: cid, hey', ['hi', undefined, 'cid, hey']],
    ['knows faces', 'ann:) hello\ncid: hey @_@ :D', [undefined, undefined, 'hey @_@ :D']],
    [
      'makes nothing of garbage',
      'Lorem ipsum dolor sit amet.\nConsectetur?',
      [undefined, undefined, undefined],
    ],
    ['makes nothing of nothing', '', [undefined, undefined, undefined]],
    [
      'makes nothing of JSON for others',
      '[{"viewer":"eve","answer":"hi"}, 7, null]',
      [undefined, undefined, undefined],
    ],
    ['ends no answer inside a word', 'ann: sk-abc@bob_77 def', ['sk-abc@bob_77 def', undefined, undefined]],
  ])('%s', (_, answer, read) => {
    expect(parse(answer)).toEqual(read)
  })

  it('asks for the login where a display name is somebody else’s', () => {
    const viewers = [
      { login: 'ann', displayName: 'Cid' },
      { login: 'cid', displayName: 'Ann' },
    ]
    expect(parseJointAnswer('Ann: hi\nCid: hey', viewers)).toEqual(['hi', 'hey'])
  })

  it('is read in a moment, whatever it is', () => {
    const pieces = fc.constantFrom(
      'ann',
      'ann:',
      '@',
      '@ann ',
      '**',
      '"',
      '{',
      '[',
      '<',
      ' ',
      '\n',
      '1. ',
      '- ',
      '_',
      ':',
      'x',
    )
    const long = fc
      .array(fc.tuple(pieces, fc.integer({ min: 1, max: 3000 })), { maxLength: 4 })
      .map((parts) => parts.map(([text, times]) => text.repeat(times)).join(''))
    fc.assert(
      fc.property(fc.oneof(long, hostileText), (answer) => {
        expect(cpuMs(() => expect(parse(answer)).toHaveLength(3))).toBeLessThan(500)
      }),
      { numRuns: 300 },
    )
  })
})
