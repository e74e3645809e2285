import { describe, expect, it } from 'vitest'
import { toChatText } from '../../src/reply/chat-text.js'
import { cpuMs } from '../support/cpu-time.js'
import { rules } from './hostile-text.js'

describe('a megabyte of anything', () => {
  it('is all that is read', () => {
    const late = `<think>${'so '.repeat(400_000)}</think>hi`
    expect(toChatText(late, rules)).toEqual({ kind: 'refused', reason: 'empty' })
  })

  const DEADLINE_MS = 2000
  const FLOODS = [
    '<',
    '< ',
    '<think',
    '<think>',
    '</think>',
    '*',
    '**a',
    '_a',
    '`',
    '[',
    '[a](',
    '@',
    '＠\u0301',
    '\u0301\u0316',
  ]
  const MORE = [
    '\u200d',
    '👨\u200d',
    '\u1100',
    'a.',
    '.com',
    'http://',
    '!',
    '"',
    'ava: ',
    '- ',
    '\n',
    '\0',
    'sk-',
    'eyJ',
    'ﷺ',
    'क्',
  ]

  it.each([...FLOODS, ...MORE])('takes no longer than it takes to read: %j', (piece) => {
    const raw = `x ${piece.repeat(1_000_000 / piece.length)} y`
    expect(cpuMs(() => toChatText(raw, rules))).toBeLessThan(DEADLINE_MS)
  })
})
