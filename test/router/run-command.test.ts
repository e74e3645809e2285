import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import { toBots } from '../../src/config-schema.js'
import { toBotLogin } from '../../src/domain.js'
import { toChatText } from '../../src/reply/chat-text.js'
import { Controls } from '../../src/router/controls.js'
import { runCommand, type Standing } from '../../src/router/run-command.js'
import { parseChatCommand } from '../../src/routing/chat-command.js'
import { ManualClock } from '../support/manual-clock.js'

const bots = toBots([
  { login: 'Ava', aliases: ['everyone', 'queen'] },
  { login: 'ben', aliases: ['everyone'] },
])

function moderator(standing: Partial<Standing> = {}) {
  const clock = new ManualClock()
  const askedBy: (string | undefined)[] = []
  const controls = new Controls({
    bots: bots.map(({ login }) => login),
    clock,
    onChange: (by) => askedBy.push(by),
  })
  const say = (text: string) => {
    const command = parseChatCommand(text)
    if (!command) throw new Error(`${text} is no command`)
    return runCommand(command, {
      bots,
      controls,
      standing: { viewersWaiting: 0, doneMs: 0, chance: 0.25, parked: [], ...standing },
      by: 'mod',
    })
  }
  const muted = () => controls.state.muted.map(({ bot }) => bot)
  return { clock, controls, say, askedBy, muted }
}

describe('a moderator who says', () => {
  it('off silences every bot, and on brings everything back to what is configured', () => {
    const { controls, say, askedBy, muted } = moderator()
    expect(say('!bots off')).toBe('All bots are silent until !bots on.')
    expect(muted()).toEqual(['Ava', 'ben'])
    say('!bots calm')
    say('!bots chance 5')
    controls.pauseChance(true)
    expect(say('!bots on')).toBe('All bots are on. Chance 25 %.')
    expect(controls.state).toEqual({ isCalm: false, isChancePaused: false, muted: [] })
    expect(new Set(askedBy)).toEqual(new Set(['mod', undefined]))
  })

  it('calm gets calm until it is taken back', () => {
    const { controls, say } = moderator()
    expect(say('!bots calm')).toMatch(/^Calm: only mentions/)
    expect(controls.state.isCalm).toBe(true)
    expect(say('!bots calm off')).toBe('Calm is over.')
    expect(controls.state.isCalm).toBe(false)
  })

  it('mute with a login or an alias of one bot silences that one', async () => {
    const { clock, say, muted } = moderator()
    expect(say('!bots mute @AVA 5')).toBe('Ava is silent for 5 min.')
    expect(muted()).toEqual(['Ava'])
    await clock.advance(5 * MINUTE)
    expect(muted()).toEqual([])
    expect(say('!bots mute queen')).toBe('Ava is silent until !bots unmute Ava.')
    expect(muted()).toEqual(['Ava'])
    expect(say('!bots unmute Queen')).toBe('Ava talks again.')
    expect(muted()).toEqual([])
  })

  it.each(['nobody', 'everyone', '<script>', '/ban'])(
    'mute %s learns who the bots are, and no more',
    (name) => {
      const { say, muted } = moderator()
      expect(say(`!bots mute ${name}`)).toBe('The bots are Ava, ben.')
      expect(say(`!bots unmute ${name}`)).toBe('The bots are Ava, ben.')
      expect(muted()).toEqual([])
    },
  )

  it('chance sets that of unasked replies', () => {
    const { controls, say } = moderator()
    expect(say('!bots chance 7')).toContain('7 %')
    expect(controls.state.chance).toBe(0.07)
    expect(say('!bots chance 0')).toContain('0 %')
    expect(controls.state.chance).toBe(0)
  })

  it('what is no command changes nothing', () => {
    const { say, askedBy } = moderator()
    expect(say('!bots chance 0.25')).toContain('whole percent')
    expect(askedBy).toEqual([])
  })
})

describe('every answer', () => {
  it('is harmless as it stands: the gate for chat lets it through unchanged', () => {
    const { controls, say } = moderator({ viewersWaiting: 3, doneMs: 90_000, parked: [toBotLogin('a_b_c')] })
    controls.mute('Ava', 61)
    const texts = [
      'on',
      'off',
      'calm',
      'calm off',
      'mute ava',
      'mute ava 5',
      'unmute ava',
      'mute x',
      'chance 25',
    ]
    const mistakes = ['', 'calm x', 'mute', 'unmute', 'chance', 'status']
    for (const text of [...texts, ...mistakes]) {
      const answer = say(`!bots ${text}`)
      const rules = { self: [], answering: [], prefixes: ['!', '?'], links: false, maxUnits: 400 }
      expect(toChatText(answer, rules)).toEqual({ kind: 'text', text: answer })
    }
  })
})

describe('the status', () => {
  it('of a quiet channel is short', () => {
    expect(moderator().say('!bots status')).toBe('On. Chance 25 %. Nobody waits.')
  })

  it('names everything that is not as ever', () => {
    const { controls, say } = moderator({
      viewersWaiting: 12,
      doneMs: 39_100,
      parked: [toBotLogin('ben')],
    })
    controls.calm(true)
    controls.setChance(0.5)
    controls.mute('Ava', 5)
    expect(say('!bots status')).toBe(
      'Calm. Chance 50 %. 12 viewers wait, done in about 40 s. Muted: Ava (5 min). Parked: ben.',
    )
    controls.pauseChance(true)
    controls.muteAll()
    expect(say('!bots status')).toMatch(
      /^Off\. Chance paused\. 12 viewers wait, .* Muted: Ava, ben\. Parked: ben\.$/,
    )
  })

  it.each([
    [1, '1 s'],
    [59 * SECOND, '59 s'],
    [70 * SECOND, '70 s'],
    [91 * SECOND, '2 min'],
  ])('tells a wait of %d ms as about %s', (doneMs, words) => {
    const { say } = moderator({ viewersWaiting: 1, doneMs })
    expect(say('!bots status')).toContain(` 1 viewer waits, done in about ${words}.`)
  })

  it('foresees nothing where nobody who waits gets on', () => {
    expect(moderator({ viewersWaiting: 2 }).say('!bots status')).toBe('On. Chance 25 %. 2 viewers wait.')
  })

  it('leaves out a chance that nobody tells', () => {
    expect(moderator({ chance: undefined }).say('!bots status')).toBe('On. Nobody waits.')
  })
})
