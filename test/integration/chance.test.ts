import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import { mixedChat, quietChat, type Scenario } from '../../src/simulator/scenarios.js'
import { CHANNEL, choruses } from './chorus-fixture.js'
import type { EventRecord } from './event-record.js'
import { expectAllAnswered } from './said-once.js'

const start = choruses()
const BOTS = ['ava', 'ben', 'cat']
const CHAT = { channel: CHANNEL, bots: BOTS }

/** What a scenario asks for, counted in the plainest way. */
function count(scenario: Scenario) {
  const lines = scenario.flatMap(({ action }) => (action.kind === 'say' ? [action] : []))
  const ofBots = lines.filter(({ viewer }) => /^(nightbot|streamelements|fossabot)$/i.test(viewer))
  const others = lines.filter((line) => !ofBots.includes(line))
  const mentions = others.flatMap(({ text }) => BOTS.filter((bot) => text.toLowerCase().includes(`@${bot}`)))
  const unaddressed = others.filter(({ text }) => !text.includes('@'))
  const commands = unaddressed.filter(({ text }) => text.startsWith('!'))
  return {
    lines: lines.length,
    ofBots: ofBots.length,
    mentions: mentions.length,
    commands: commands.length,
    eligible: unaddressed.length - commands.length,
  }
}

const ofViewers = (record: EventRecord) =>
  record.of('message:decided').filter(({ message }) => !BOTS.includes(message.login))

describe('chat with a chance of a quarter', () => {
  it('that is quiet gets an answer to each question, and to few other lines', async () => {
    const scenario = quietChat({ ...CHAT, seed: 11, lastsMs: 2 * MINUTE })
    const asked = count(scenario)
    const chorus = await start({ bots: BOTS, factor: 40, config: { replies: { chance: 0.25 } } })
    await chorus.play(scenario)
    const { record } = chorus
    await record.until(() => ofViewers(record).length >= asked.lines)
    const byCause = (cause: string) =>
      record.of('reply:accepted').filter(({ task }) => task.cause === cause).length
    expect(byCause('mention')).toBe(asked.mentions)
    expect(byCause('chance')).toBeLessThan(asked.eligible / 2)
    await expectAllAnswered(chorus, record.of('reply:accepted').length)
  })

  it('that is mixed: every mention is answered, about a quarter of the rest, no command and no other bot', async () => {
    const scenario = mixedChat({ ...CHAT, seed: 12, lastsMs: 80 * SECOND, linesPerSecond: 3 })
    const asked = count(scenario)
    const config = { replies: { chance: 0.25, yield: false } }
    const chorus = await start({ bots: BOTS, factor: 20, config })
    await chorus.play(scenario)
    const { record } = chorus
    await record.until(() => ofViewers(record).length >= asked.lines)
    const decisions = ofViewers(record).flatMap((line) => line.decisions)
    const silent = (reason: string) => decisions.filter((it) => 'reason' in it && it.reason === reason).length
    const replies = decisions.flatMap((decision) => (decision.kind === 'reply' ? [decision] : []))
    const drawn = replies.filter(({ draw }) => draw !== undefined)
    expect(silent('known-bot')).toBe(asked.ofBots)
    expect(silent('command')).toBe(asked.commands)
    expect(replies.length - drawn.length).toBe(asked.mentions)
    expect(drawn.length + silent('not-drawn')).toBe(asked.eligible)
    // Four standard deviations around a quarter.
    const spread = 4 * Math.sqrt((0.25 * 0.75) / asked.eligible)
    expect(Math.abs(drawn.length / asked.eligible - 0.25)).toBeLessThan(spread)
    expect(drawn.every(({ draw = 1, cause }) => draw < 0.25 && cause === 'chance')).toBe(true)
    expect(new Set(drawn.map(({ bot }) => bot)).size).toBe(BOTS.length)
    await expectAllAnswered(chorus, replies.length)
  })
})
