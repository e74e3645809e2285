import { expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { raid } from '../../src/simulator/scenarios.js'
import { CHANNEL, choruses } from './chorus-fixture.js'
import { expectAllAnswered } from './said-once.js'

const start = choruses()

it('a raid is told of once, before what its viewers say, and gets no answer of its own', async () => {
  const chorus = await start({ factor: 20 })
  const { record } = chorus
  const heard: string[] = []
  record.watch((event) => heard.push(event))
  await chorus.play(
    raid({ seed: 11, channel: CHANNEL, bots: chorus.bots, viewers: 4, overMs: SECOND, from: 'Zed' }),
  )
  await expectAllAnswered(chorus, 4)
  expect(record.of('chat:raided')).toMatchObject([
    { channel: CHANNEL, from: { login: 'zed', displayName: 'Zed' }, viewers: 4, isMirrored: false },
  ])
  expect(heard.indexOf('chat:raided')).toBe(0)
})
