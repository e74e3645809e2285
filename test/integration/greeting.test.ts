import { expect, it } from 'vitest'
import { raidOf } from '../support/raid.js'
import { CHANNEL, choruses } from './chorus-fixture.js'

const start = choruses()

it('the viewers of a raid are greeted by a line that is safe and threaded to nobody', async () => {
  const chorus = await start({ factor: 20, config: { replies: { greetRaids: true } } })
  const { clock, record, twitch } = chorus
  chorus.model.script({ kind: 'say', text: '/me **welcome** @Dana and @bystander' })
  await chorus.chorus.router.handleRaid(raidOf({ channel: CHANNEL, arrivedAtMs: clock.now() }))
  await record.settled(1)
  expect(record.of('reply:settled')[0]).toMatchObject({ outcome: { kind: 'sent' }, task: { cause: 'low' } })
  const [attempt, ...more] = twitch.ledger.attempts()
  expect(attempt).toMatchObject({ verdict: 'delivered', text: 'me welcome @Dana and bystander' })
  expect(attempt?.replyParent).toBeUndefined()
  expect(more).toEqual([])
})
