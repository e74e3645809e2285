import { createRequire } from 'node:module'
import { IrcClient } from 'ircv3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { seededRandom } from '../../src/random.js'
import { TwitchSimulator } from '../../src/simulator/twitch-simulator.js'
import { soon } from '../support/soon.js'

// tmi.js takes the WebSocket built into newer Node if it finds one; the product makes it use `ws`, and so do we.
Reflect.deleteProperty(globalThis, 'WebSocket')
const tmi: typeof import('tmi.js') = createRequire(import.meta.url)('tmi.js')

const QUIET = { info() {}, warn() {}, error() {} }

let simulator: TwitchSimulator

beforeEach(async () => {
  simulator = new TwitchSimulator({
    clock: systemClock(),
    random: seededRandom(1),
    accounts: [
      { login: 'ava', token: 'oauth:AvaSecret' },
      { login: 'ben', token: 'bensecret' },
    ],
  })
  await simulator.start()
})

afterEach(() => simulator.stop())

function tmiClient(username: string, password: string, channels: string[] = []) {
  return new tmi.Client({
    options: { skipUpdatingEmotesets: true },
    connection: { server: '127.0.0.1', port: simulator.port, reconnect: false },
    identity: { username, password },
    channels,
    logger: QUIET,
  })
}

function ircClient(nick: string, password: string) {
  return new IrcClient({
    connection: { hostName: '127.0.0.1', port: simulator.port, secure: false },
    webSocket: true,
    credentials: { nick, password },
    channels: ['#chan'],
    logger: { minLevel: 'critical' },
  })
}

describe('tmi.js', () => {
  it('logs in with a token of any case, joins, hears viewers and is heard', async () => {
    const client = tmiClient('ava', 'oauth:AvaSecret')
    const heard = new Promise<readonly unknown[]>((resolve) => {
      client.on('message', (...message) => resolve(message))
    })
    await client.connect()
    await client.join('chan')
    simulator.room('chan').say('Ann', 'hi Kappa ; there', { badges: ['subscriber/3'] })
    expect(await heard).toMatchObject([
      '#chan',
      { username: 'ann', 'display-name': 'Ann', subscriber: true, emotes: { 25: ['3-7'] } },
      'hi Kappa ; there',
      false,
    ])
    await client.say('chan', 'hello all')
    await simulator.ledger.until((ledger) => ledger.delivered({ account: 'ava' }).length === 1, soon())
    expect(simulator.ledger.delivered()).toMatchObject([
      { channel: 'chan', text: 'hello all', verdict: 'delivered' },
    ])
    await client.disconnect()
  })

  it('knows every id as text: none of them looks like a flag', async () => {
    const client = tmiClient('ava', 'oauth:avasecret')
    const heard = new Promise<import('tmi.js').ChatUserstate>((resolve) => {
      client.on('message', (_, tags) => resolve(tags))
    })
    await client.connect()
    await client.join('chan')
    simulator.room('chan').say('1', '1', { replyTo: simulator.room('chan').say('0', '0') })
    const tags = await heard
    for (const tag of ['id', 'user-id', 'room-id', 'tmi-sent-ts']) expect(tags[tag]).toBeTypeOf('string')
    await client.disconnect()
  })

  it('is told of raids, timeouts, deletions, modes and refused lines', async () => {
    const client = tmiClient('ava', 'oauth:avasecret')
    const events: unknown[] = []
    client.on('raided', (_, login, viewers) => events.push(['raided', login, viewers]))
    client.on('timeout', (_, login, __, seconds) => events.push(['timeout', login, seconds]))
    client.on('messagedeleted', (_, login, text) => events.push(['deleted', login, text]))
    client.on('slowmode', (_, isOn, seconds) => events.push(['slow', isOn, seconds]))
    client.on('clearchat', () => events.push(['cleared']))
    const noticed = new Promise((resolve) => {
      client.on('notice', (_, id) => resolve(id))
    })
    await client.connect()
    await client.join('chan')
    const room = simulator.room('chan')
    const id = room.say('Ann', 'oops')
    room.raid('Zed', 12)
    room.timeout('Bob', 60)
    room.delete(id)
    room.setMode({ slowSeconds: 30 })
    room.clear()
    room.ban('ava')
    await client.say('chan', 'let me in')
    expect(await noticed).toBe('msg_banned')
    expect(events).toEqual([
      ['raided', 'Zed', 12],
      ['timeout', 'bob', 60],
      ['deleted', 'ann', 'oops'],
      ['slow', true, 30],
      ['cleared'],
    ])
    await client.disconnect()
  })

  it('is refused with the words of Twitch', async () => {
    await expect(tmiClient('ava', 'oauth:wrong').connect()).rejects.toBe('Login authentication failed')
    simulator.refuseLogins(1, { text: 'Improperly formatted auth' })
    await expect(tmiClient('ava', 'oauth:avasecret').connect()).rejects.toBe('Improperly formatted auth')
  })

  it('gives up a join that is answered late, and is in the room all the same', async () => {
    simulator.delayJoin(900)
    const client = tmiClient('ava', 'oauth:avasecret')
    await client.connect()
    await expect(client.join('chan')).rejects.toBe('No response from Twitch.')
    await simulator.ledger.until((ledger) => ledger.sessions({ kind: 'join' }).length === 1, soon())
    await client.disconnect()
  })

  it('learns that a channel is suspended', async () => {
    simulator.room('gone').setSuspended(true)
    const client = tmiClient('ava', 'oauth:avasecret')
    await client.connect()
    await expect(client.join('gone')).rejects.toBe('msg_channel_suspended')
    await client.disconnect()
  })
})

describe('an independent client (ircv3)', () => {
  it('negotiates, joins, hears what a tmi.js client says, and answers', async () => {
    const ava = tmiClient('ava', 'oauth:avasecret', ['chan'])
    const answered = new Promise<string>((resolve) => {
      ava.on('message', (_, __, text, self) => self || resolve(text))
    })
    const ben = ircClient('ben', 'oauth:bensecret')
    const asked = new Promise<readonly string[]>((resolve) => {
      ben.onPrivmsg((channel, nick, text) => resolve([channel, nick, text]))
    })
    ben.connect()
    await ava.connect()
    await simulator.ledger.until((ledger) => ledger.sessions({ kind: 'join' }).length === 2, soon())
    await ava.say('chan', 'anybody here?')
    expect(await asked).toEqual(['#chan', 'ava', 'anybody here?'])
    ben.say('#chan', 'me!')
    expect(await answered).toBe('me!')
    ben.quitAbruptly()
    await ava.disconnect()
  })

  it('gets the answer to its own PING', async () => {
    const ben = ircClient('ben', 'oauth:bensecret')
    const ponged = new Promise<void>((resolve) => {
      ben.onAnyMessage((message) => {
        if (message.command === 'PONG') resolve()
      })
    })
    ben.onRegister(() => ben.pingCheck())
    ben.connect()
    await ponged
    ben.quitAbruptly()
  })
})
