import { expect, it } from 'vitest'
import { systemClock } from '../../src/clock.js'
import type { TokenUse } from '../../src/token-use.js'
import { choruses } from './chorus-fixture.js'

const start = choruses()

it('from 80 % of the day’s tokens only mentions are answered, at 100 % by templates; a restart knows', async () => {
  let use: TokenUse = { day: new Date(systemClock(10).wall()).toISOString().slice(0, 10), tokens: 7900 }
  const tokenUse = {
    load: () => use,
    save: (news: TokenUse) => {
      use = news
    },
  }
  const config = { model: { tokensPerDay: 10_000 }, replies: { chance: 1 } }
  const first = await start({ factor: 10, config, tokenUse })
  first.room.say('ann', 'nice weather')
  await first.record.settled(1)
  expect(first.record.of('tokens:low')).toHaveLength(1)
  first.room.say('bob', 'nice weather')
  const decided = () => first.record.of('message:decided').find(({ message }) => message.login === 'bob')
  await first.record.until(() => decided() !== undefined)
  expect(decided()?.decisions).toMatchObject([
    { kind: 'silence', reason: 'token-limit', draw: expect.any(Number) },
  ])
  for (let asked = 2; first.record.of('tokens:spent').length === 0; asked++) {
    first.room.say('cid', `@ava question ${asked}`)
    await first.record.settled(asked)
  }
  expect(first.chorus.modelStatus()).toMatchObject({ answeredBy: 'template', tokens: { level: 'spent' } })
  await first.chorus.stop()
  const { requests } = first.model
  const second = await start({ config, tokenUse, after: first })
  const before = second.twitch.ledger.delivered().length
  second.room.say('dan', '@ava hello')
  await second.record.settled(1)
  expect(second.record.of('reply:settled')).toMatchObject([{ outcome: { kind: 'sent' } }])
  expect(second.twitch.ledger.delivered()).toHaveLength(before + 1)
  expect(second.model.requests).toBe(requests)
  expect(second.record.of('tokens:spent')).toEqual([])
})
