import { IrcClient } from 'ircv3'
import { expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { raid } from '../../src/simulator/scenarios.js'
import { soon } from '../support/soon.js'
import { CHANNEL, choruses } from './chorus-fixture.js'
import { expectAllAnswered } from './said-once.js'

const start = choruses()
/** Behind everything that the bots say. */
const LAST = 'that was all'

it('an independent client in the channel reads every line that the bots say, word for word', async () => {
  const chorus = await start({
    factor: 15,
    before: ({ twitch }) => twitch.addAccount({ login: 'zoe', token: 'zoe-token' }),
  })
  const { twitch } = chorus
  const zoe = new IrcClient({
    connection: { hostName: '127.0.0.1', port: twitch.port, secure: false },
    webSocket: true,
    credentials: { nick: 'zoe', password: 'oauth:zoe-token' },
    channels: [`#${CHANNEL}`],
    logger: { minLevel: 'critical' },
  })
  const read: string[] = []
  const hasHeard = new Promise<void>((resolve) => {
    zoe.onPrivmsg((channel, nick, text) => {
      if (chorus.bots.includes(nick)) read.push(`${channel} ${nick}: ${text}`)
      if (text === LAST) resolve()
    })
  })
  zoe.connect()
  await twitch.ledger.until(
    (ledger) => ledger.sessions({ account: 'zoe', kind: 'join' }).length === 1,
    soon(),
  )
  await chorus.play(raid({ seed: 41, channel: CHANNEL, bots: chorus.bots, viewers: 29, overMs: SECOND }))
  zoe.say(`#${CHANNEL}`, '@ava do you read me?')
  await expectAllAnswered(chorus, 30)
  chorus.room.say('bob', LAST)
  await hasHeard
  zoe.quitAbruptly()
  const said = twitch.ledger.delivered().filter(({ account }) => account !== 'zoe')
  expect(read).toEqual(said.map(({ account, shown }) => `#${CHANNEL} ${account}: ${shown?.text}`))
})
