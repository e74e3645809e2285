import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ChorusError } from '../../src/errors.js'
import { seededRandom } from '../../src/random.js'
import { TwitchSimulator } from '../../src/simulator/twitch-simulator.js'
import { ManualClock } from '../support/manual-clock.js'
import { soon } from '../support/soon.js'
import { IrcSocket, joinAs } from './irc-socket.js'

let clock: ManualClock
let simulator: TwitchSimulator

beforeEach(async () => {
  clock = new ManualClock()
  simulator = new TwitchSimulator({ clock, random: seededRandom(3), openRegistration: true })
  await simulator.start()
})

afterEach(() => simulator.stop())

describe('a connection', () => {
  it('keeps its PONG without a prefix unless there is a word to repeat', async () => {
    const client = await joinAs(simulator, 'bot')
    client.send('PING')
    await client.line('PONG :tmi.twitch.tv')
    client.send('PING :hello')
    await client.line(':tmi.twitch.tv PONG tmi.twitch.tv :hello')
    expect(client.lines).toContain('PONG :tmi.twitch.tv')
  })

  it('gets the subprotocol irc when it asks for it, and none when it asks for none', async () => {
    const asks = await new IrcSocket(simulator.url, ['irc']).opened()
    const silent = await new IrcSocket(simulator.url).opened()
    expect([asks.socket.protocol, silent.socket.protocol]).toEqual(['irc', ''])
  })

  it('may send anything at all without bringing the server down', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    client.send(
      '',
      '\r\n',
      '@',
      ':',
      'PRIVMSG',
      'PRIVMSG #',
      'PRIVMSG #chan',
      'JOIN',
      'JOIN #',
      'PART',
      'CAP',
      'NICK',
    )
    client.socket.send(Buffer.from([1, 2, 3]))
    client.socket.send('JOIN #constructor')
    await client.settled()
    const greedy = await joinAs(simulator, 'greedy')
    greedy.send('x'.repeat(70_000))
    await greedy.closed
    await client.settled()
  })
})

describe('the server', () => {
  it('names a port that is taken', async () => {
    const second = new TwitchSimulator({ clock, random: seededRandom(1), port: simulator.port })
    const error = await second.start().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ChorusError)
    expect(error).toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining(String(simulator.port)),
    })
    await second.stop()
  })

  it('starts and stops twice and at once, and leaves no timer behind', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    const frozen = await joinAs(simulator, 'ice', 'chan')
    simulator.halfOpen('ice')
    simulator.delayUserstate(3_600_000)
    client.send('PRIVMSG #chan :hello')
    await client.settled()
    await Promise.all([simulator.stop(), simulator.stop()])
    await Promise.all([client.closed, frozen.closed])
    await simulator.ledger.until((ledger) => ledger.sessions({ kind: 'close' }).length === 2, soon())
    expect(clock.pendingTimers).toBe(0)
    const other = new TwitchSimulator({ clock, random: seededRandom(1) })
    await Promise.all([other.start(), other.start(), other.stop()])
    expect(other.port).toBe(0)
  })
})
