import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { lineFlood } from '../../src/simulator/scenarios.js'
import { CHANNEL, choruses } from './chorus-fixture.js'
import { AT_ONCE, ask, outcomeOf } from './questions.js'

const start = choruses()

describe('a bot that hears everything late, while the chat goes on', () => {
  it('waits for Twitch’s answer to its line, and leaves none in doubt that was shown', async () => {
    const chorus = await start({
      ...AT_ONCE,
      bots: ['ava'],
      before: ({ twitch }) => twitch.room(CHANNEL).setRole('ava', 'moderator'),
    })
    // Until the first line is heard, the bot asks for a sign of life: that answer, too, comes before the one to its line.
    chorus.twitch.lag('ava', 9 * SECOND)
    const chat = chorus.play(
      lineFlood({ seed: 1, channel: CHANNEL, linesPerSecond: 4, lastsMs: 25 * SECOND }),
    )
    expect(await outcomeOf(chorus, ask(chorus))).toEqual({ kind: 'sent', id: expect.any(String) })
    expect(chorus.record.of('line:unanswered')).toEqual([])
    await chat
  })
})
