import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeTag, parseIrcLine, targetOf, unescapeTag } from '../../src/simulator/irc-line.js'

describe('an IRC line', () => {
  it('comes apart into tags, prefix, command and parameters', () => {
    const line = parseIrcLine('@id=7;display-name=Ann\\sB;empty= :ann!ann@ann PRIVMSG #c :hello  there :)')
    expect([...(line?.tags ?? [])]).toEqual([
      ['id', '7'],
      ['display-name', 'Ann B'],
      ['empty', ''],
    ])
    expect(line).toMatchObject({
      prefix: 'ann!ann@ann',
      command: 'PRIVMSG',
      params: ['#c', 'hello  there :)'],
    })
  })

  it('needs neither tags nor a prefix, and its command counts in any case', () => {
    expect(parseIrcLine('ping')).toMatchObject({ command: 'PING', params: [] })
    expect(parseIrcLine('USER n 8 * :n')).toMatchObject({ command: 'USER', params: ['n', '8', '*', 'n'] })
  })

  it('is nothing when it holds no command', () => {
    for (const text of ['', '   ', '@id=7', '@id=7 :prefix']) expect(parseIrcLine(text)).toBeUndefined()
  })

  it('carries any tag value unharmed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(unescapeTag(escapeTag(value))).toBe(value)
        expect(parseIrcLine(`@x=${escapeTag(value)} PING`)?.tags.get('x')).toBe(value)
      }),
    )
  })

  it('never throws, whatever a client sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parseIrcLine(text)
        targetOf(text)
      }),
    )
  })

  it('shows its channel without being taken apart', () => {
    expect(targetOf('@id=7 :ann!ann@ann PRIVMSG #Chan :hi #other')).toBe('chan')
    expect(targetOf(':tmi.twitch.tv CLEARCHAT #chan')).toBe('chan')
    expect(targetOf(':tmi.twitch.tv RECONNECT')).toBeUndefined()
    expect(targetOf('PING :tmi.twitch.tv')).toBeUndefined()
  })
})
