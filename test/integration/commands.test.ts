import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { raid } from '../../src/simulator/scenarios.js'
import { soon } from '../support/soon.js'
import { CHANNEL, choruses, type Fixture } from './chorus-fixture.js'
import { AT_ONCE, ask, outcomeOf, outcomeSoFar } from './questions.js'

/*
 * Goal: what a moderator types is done and answered, and nobody else's typing is. Method: a whole Chorus, a moderator by
 * badge, and every line of the bots as Twitch got it.
 */

const start = choruses()
const QUICK = { ...AT_ONCE, factor: 20 }

/** Has the moderator say a command and resolves to what viewers read as the answer to it. */
async function command({ room, twitch }: Fixture, text: string): Promise<string> {
  room.setRole('mod_1', 'moderator')
  const id = room.say('mod_1', text)
  const answers = () => twitch.ledger.attempts().filter(({ replyParent }) => replyParent === id)
  await twitch.ledger.until(() => answers().length > 0, soon())
  return answers()[0]?.shown?.text ?? 'refused'
}

describe('a moderator’s command', () => {
  it('is answered by a thread of one line, and obeyed: nobody talks until it is over', async () => {
    const chorus = await start(QUICK)
    expect(await command(chorus, '!bots off')).toBe('@mod_1 All bots are silent until !bots on.')
    const question = ask(chorus)
    await chorus.record.until((record) => record.of('reply:accepted').length === 1)
    expect(await command(chorus, '!bots status')).toBe(
      '@mod_1 Off. Chance 0 %. 1 viewer waits. Muted: ava, ben.',
    )
    expect(outcomeSoFar(chorus, question)).toBeUndefined()
    expect(await command(chorus, '!bots on')).toBe('@mod_1 All bots are on. Chance 0 %.')
    expect(await outcomeOf(chorus, question)).toMatchObject({ kind: 'sent' })
    expect(chorus.twitch.ledger.breaches).toEqual([])
  })

  it('is answered at once when it is asked again, though nothing has changed', async () => {
    const chorus = await start({ ...QUICK, bots: ['ava'] })
    const askedAtMs = chorus.clock.now()
    expect(await command(chorus, '!bots status')).toBe('@mod_1 On. Chance 0 %. Nobody waits.')
    await chorus.record.until((told) => told.of('line:sent').length === 1)
    expect(await command(chorus, '!bots status')).toBe('@mod_1 Again: On. Chance 0 %. Nobody waits.')
    const [, again] = chorus.twitch.ledger.attempts()
    // Sooner than Twitch would show the same line.
    expect((again?.atMs ?? 0) - askedAtMs).toBeLessThan(30 * SECOND)
    expect(chorus.twitch.ledger.breaches).toEqual([])
  })

  it('mutes one bot, and another one answers what comes next', async () => {
    const chorus = await start(QUICK)
    expect(await command(chorus, '!BOTS  mute @Ava 5')).toBe('@mod_1 ava is silent for 5 min.')
    expect(chorus.twitch.ledger.attempts()[0]?.account).toBe('ben')
    expect(chorus.record.of('controls:changed')).toMatchObject([{ by: 'mod_1', muted: [{ bot: 'ava' }] }])
  })

  it('is answered in the midst of a raid, inside what Twitch allows', async () => {
    const chorus = await start({ ...QUICK, bots: ['ava'] })
    await chorus.play(raid({ seed: 71, channel: CHANNEL, bots: ['ava'], viewers: 30, overMs: SECOND }))
    expect(await command(chorus, '!bots status')).toMatch(
      /^@mod_1 On\. Chance 0 %\. \d+ viewers wait, done in about \d+ /,
    )
    await chorus.record.settled(30)
    expect(chorus.twitch.ledger.breaches).toEqual([])
  })

  it('counts for nothing without the badge, or from another channel of a shared chat', async () => {
    const chorus = await start({ ...QUICK, channels: [CHANNEL, 'other'] })
    const { record, room, twitch } = chorus
    const elsewhere = twitch.room('elsewhere')
    elsewhere.setRole('mod_1', 'moderator')
    room.shareWith([room, elsewhere])
    elsewhere.shareWith([room, elsewhere])
    elsewhere.say('mod_1', '!bots off')
    room.say('viewer', '!bots off', { badges: ['vip/1', 'subscriber/12'] })
    await record.until(() => record.of('message:decided').length === 2)
    expect(record.of('message:decided').map(({ decisions }) => decisions)).toEqual([
      [{ kind: 'silence', reason: 'mirrored' }],
      [{ kind: 'silence', reason: 'command' }],
    ])
    expect(record.of('controls:changed')).toEqual([])
    expect(await outcomeOf(chorus, ask(chorus))).toMatchObject({ kind: 'sent' })
    expect(twitch.ledger.attempts()).toHaveLength(1)
  })
})
