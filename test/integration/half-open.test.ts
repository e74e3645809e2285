import { expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { choruses, type Fixture } from './chorus-fixture.js'
import { AT_ONCE, ask, outcomeOf, untilTried } from './questions.js'
import { expectPromiseKept } from './said-once.js'

/* Goal: a link that is dead though its socket is open is found, and what was written into it is said. */

const start = choruses()

/** What is half-open never learns that the client has gone. */
async function end(chorus: Fixture): Promise<void> {
  await chorus.chorus.stop()
  chorus.twitch.cut('ava')
  await expectPromiseKept(chorus)
}
const QUICK = { ...AT_ONCE, factor: 20 }

it('a half-open link is found within 20 s, and the bot is back in its channel', async () => {
  const chorus = await start({ ...QUICK, bots: ['ava'] })
  const { clock, record, twitch } = chorus
  const sinceMs = clock.now()
  twitch.halfOpen('ava')
  await record.until(() => record.of('bot:disconnected').length === 1)
  // The tenth is the test's own: a timer of a busy machine is late.
  expect(clock.now() - sinceMs).toBeLessThan(20 * SECOND * 1.1)
  await record.until(() => record.of('bot:joined').length === 2)
  expect(await outcomeOf(chorus, ask(chorus))).toMatchObject({ kind: 'sent' })
  await end(chorus)
})

it('a line that was written into a half-open link is said once, when the bot is back', async () => {
  // Slower: a busy machine must not make it 28 s until the bot is back, from when on nothing is said again.
  const chorus = await start({ ...QUICK, factor: 8 })
  const { record, twitch } = chorus
  twitch.halfOpen('ava')
  const question = ask(chorus)
  await record.until(() => record.of('line:written').length === 1)
  expect(twitch.ledger.attempts()).toEqual([])
  expect(await outcomeOf(chorus, question)).toMatchObject({ kind: 'sent', id: expect.any(String) })
  await end(chorus)
})

it('a bot whose link is half-open is heard for by the others', async () => {
  const chorus = await start(QUICK)
  chorus.twitch.halfOpen('ava')
  const question = ask(chorus, { bot: 'ben' })
  await untilTried(chorus, question)
  expect(await outcomeOf(chorus, question)).toMatchObject({ kind: 'sent' })
  expect(chorus.record.of('bot:disconnected')).toEqual([])
  await end(chorus)
})
