import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isChatCommand, parseChatCommand } from '../../src/routing/chat-command.js'

describe('a command', () => {
  it.each([
    ['!bots on', { kind: 'on' }],
    ['!bots off', { kind: 'off' }],
    ['!bots status', { kind: 'status' }],
    ['!bots calm', { kind: 'calm', isOn: true }],
    ['!bots calm on', { kind: 'calm', isOn: true }],
    ['!bots calm off', { kind: 'calm', isOn: false }],
    ['!bots mute ava', { kind: 'mute', bot: 'ava' }],
    ['!bots mute @Ava 10', { kind: 'mute', bot: 'ava', minutes: 10 }],
    ['!bots mute ava 0.5', { kind: 'mute', bot: 'ava', minutes: 0.5 }],
    ['!bots mute ava 10080', { kind: 'mute', bot: 'ava', minutes: 10_080 }],
    ['!bots unmute ava', { kind: 'unmute', bot: 'ava' }],
    ['!bots unmute @ava', { kind: 'unmute', bot: 'ava' }],
    ['!bots chance 0', { kind: 'chance', chance: 0 }],
    ['!bots chance 25', { kind: 'chance', chance: 0.25 }],
    ['!bots chance 25%', { kind: 'chance', chance: 0.25 }],
    ['!bots chance 100', { kind: 'chance', chance: 1 }],
    ['  !BOTS   Off  ', { kind: 'off' }],
    ['!bots\t\u3000off', { kind: 'off' }],
    ['\u200b!bo\u{e0001}ts of\u2060f \u{e0000}', { kind: 'off' }],
  ])('is read from %j', (text, command) => {
    expect(parseChatCommand(text)).toEqual(command)
    expect(isChatCommand(text)).toBe(true)
  })

  it.each([
    ['!bots', '!bots on'],
    ['!bots hello', '!bots on'],
    ['!bots on now', '!bots on'],
    ['!bots off please', '!bots on'],
    ['!bots calm maybe', '!bots calm off'],
    ['!bots calm off now', '!bots calm off'],
    ['!bots mute', '!bots mute BOT'],
    ['!bots mute ava ben 5', '!bots mute BOT'],
    ['!bots mute ava 0', '!bots mute BOT'],
    ['!bots mute ava -5', '!bots mute BOT'],
    ['!bots mute ava 10081', '!bots mute BOT'],
    ['!bots mute ava 99999999999999999999', '!bots mute BOT'],
    ['!bots mute ava Infinity', '!bots mute BOT'],
    ['!bots mute ava 1e3', '!bots mute BOT'],
    ['!bots mute ava ten', '!bots mute BOT'],
    ['!bots unmute', '!bots unmute BOT'],
    ['!bots unmute ava now', '!bots unmute BOT'],
    ['!bots chance', 'whole percent'],
    ['!bots chance 0.25', 'whole percent'],
    ['!bots chance 12.5', 'whole percent'],
    ['!bots chance 101', 'whole percent'],
    ['!bots chance -1', 'whole percent'],
    ['!bots chance 25 %', 'whole percent'],
    ['!bots chance ２５', 'whole percent'],
    ['!bots __proto__', '!bots on'],
  ])('that is none of them is answered with what could be meant: %j', (text, usage) => {
    const command = parseChatCommand(text)
    expect(command?.kind).toBe('mistake')
    expect(command?.kind === 'mistake' && command.usage).toContain(usage)
  })

  it.each([
    '',
    'hello',
    'bots off',
    'say !bots off',
    '!botsoff',
    '!bot off',
    '!bots2 off',
    '! bots off',
    '@ava !bots off',
    '!ｂots off',
    '!bоts off with a Cyrillic o',
  ])('is not in %j', (text) => {
    expect(parseChatCommand(text)).toBeUndefined()
    expect(isChatCommand(text)).toBe(false)
  })

  it('says nothing that was written in chat, whatever that is', () => {
    const usages = new Set<string>()
    const verb = fc.constantFrom('on', 'calm', 'mute', 'unmute', 'chance', '')
    fc.assert(
      fc.property(verb, fc.string({ unit: 'grapheme', maxLength: 40 }), (word, more) => {
        const command = parseChatCommand(`!bots ${word} ${more}`)
        expect(command).toBeDefined()
        if (command?.kind === 'mistake') usages.add(command.usage)
      }),
      { numRuns: 2000 },
    )
    expect(usages.size).toBe(5)
  })
})
