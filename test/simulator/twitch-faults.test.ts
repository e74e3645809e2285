import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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

const verdicts = () => simulator.ledger.attempts().map(({ verdict }) => verdict)

describe('a message', () => {
  it('can vanish without a word, or confirmed but unseen', async () => {
    const [writer, other] = [await joinAs(simulator, 'bot', 'chan'), await joinAs(simulator, 'ben', 'chan')]
    simulator.dropSilently(1, 'bot')
    simulator.dropSilently(1, 'bot', { isConfirmed: true })
    const from = writer.lines.length
    writer.send('@client-nonce=n1 PRIVMSG #chan :one')
    await writer.settled()
    expect(writer.lines.slice(from)).toHaveLength(1)
    await clock.advance(1100)
    writer.send('@client-nonce=n2 PRIVMSG #chan :two')
    await writer.line(['USERSTATE', 'client-nonce=n2'])
    await other.settled()
    expect(other.lines.some((line) => line.includes('PRIVMSG'))).toBe(false)
    expect(verdicts()).toEqual(['dropped', 'dropped'])
  })

  it('can be seen by all and never be confirmed', async () => {
    const [writer, other] = [await joinAs(simulator, 'bot', 'chan'), await joinAs(simulator, 'ben', 'chan')]
    simulator.loseUserstates(1)
    writer.send('@client-nonce=n1 PRIVMSG #chan :one')
    await other.line('PRIVMSG #chan :one')
    await writer.settled()
    expect(writer.lines.some((line) => line.includes('n1'))).toBe(false)
    expect(verdicts()).toEqual(['delivered'])
  })

  it('can be shown and confirmed after a NOTICE that means nothing', async () => {
    const [writer, other] = [await joinAs(simulator, 'bot', 'chan'), await joinAs(simulator, 'ben', 'chan')]
    simulator.remarkOnMessages('msg_of_tomorrow')
    writer.send('@client-nonce=n1 PRIVMSG #chan :one')
    await other.line('PRIVMSG #chan :one')
    await writer.line('client-nonce=n1')
    const [notice, confirmation] = ['msg_of_tomorrow', 'client-nonce=n1'].map((part) =>
      writer.lines.findIndex((line) => line.includes(part)),
    )
    expect(notice).toBeLessThan(confirmation ?? -1)
    expect(verdicts()).toEqual(['delivered'])
  })

  it('is ignored for an hour where its account is muted and nobody special', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    simulator.lockOut('bot')
    client.send('PRIVMSG #chan :one')
    await client.settled()
    simulator.room('chan').setRole('bot', 'moderator')
    client.send('@client-nonce=n2 PRIVMSG #chan :two')
    await client.line('client-nonce=n2')
    expect(verdicts()).toEqual(['locked-out', 'delivered'])
  })

  it('can be held by AutoMod or meet any NOTICE, known or not', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    simulator.holdByAutoMod(1, 'bot')
    simulator.refuseMessages('msg_of_tomorrow', { text: 'Not today.' })
    client.send('PRIVMSG #chan :one')
    await client.line(['msg-id=msg_rejected', 'being checked by mods'])
    await clock.advance(1100)
    client.send('PRIVMSG #chan :two')
    await client.line(['msg-id=msg_of_tomorrow', 'Not today.'])
    expect(verdicts()).toEqual(['msg_rejected', 'msg_of_tomorrow'])
  })

  it('can be confirmed late', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    simulator.delayUserstate(7000)
    client.send('@client-nonce=n1 PRIVMSG #chan :one')
    await client.settled()
    await clock.advance(6999)
    await client.settled()
    expect(client.lines.some((line) => line.includes('n1'))).toBe(false)
    await clock.advance(1)
    await client.line('client-nonce=n1')
  })

  it('can be slow to reach one account, and no line overtakes another on the way', async () => {
    const [slow, other] = [await joinAs(simulator, 'bot', 'chan'), await joinAs(simulator, 'ben', 'chan')]
    simulator.lag('bot', 3000)
    simulator.room('chan').say('ann', 'one')
    await other.line('PRIVMSG #chan :one')
    simulator.lag('bot', 0)
    simulator.room('chan').say('ann', 'two')
    await other.line('PRIVMSG #chan :two')
    expect(slow.lines.some((line) => line.includes('PRIVMSG'))).toBe(false)
    await clock.advance(3000)
    await slow.line('PRIVMSG #chan :two')
    const said = slow.lines.filter((line) => line.includes('PRIVMSG')).map((line) => line.slice(-3))
    expect(said).toEqual(['one', 'two'])
  })

  it('takes the time of the line', async () => {
    await using slow = new TwitchSimulator({
      clock,
      random: seededRandom(3),
      openRegistration: true,
      latencyMs: 80,
    })
    await slow.start()
    const client = await new IrcSocket(slow.url).opened()
    client.send('CAP REQ :twitch.tv/tags', 'PASS oauth:x', 'NICK bot', 'JOIN #chan')
    await slow.ledger.until((ledger) => ledger.sessions({ kind: 'join' }).length === 1, soon())
    expect(client.lines).toEqual([])
    await clock.advance(80)
    await client.line('366 bot #chan')
  })
})

describe('a login', () => {
  it('is refused once its token was taken back, while the running connection goes on', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    simulator.revokeToken('bot')
    await client.settled()
    await expect(joinAs(simulator, 'bot')).rejects.toThrow('Login authentication failed')
    simulator.addAccount({ login: 'bot', token: 'oauth:FRESH' })
    const again = await new IrcSocket(simulator.url).opened()
    again.send('PASS oauth:fresh', 'NICK whatever')
    expect(await again.line(' 001 ')).toBe(':tmi.twitch.tv 001 bot :Welcome, GLHF!')
  })

  it('of a stranger is refused where registration is closed, and its connection ended', async () => {
    await using closed = new TwitchSimulator({
      clock,
      random: seededRandom(3),
      accounts: [{ login: 'bot', token: 'right' }],
    })
    await closed.start()
    const client = await new IrcSocket(closed.url).opened()
    client.send('PASS oauth:wrong', 'NICK bot')
    await client.line('NOTICE * :Login authentication failed')
    await client.closed
    expect(closed.ledger.sessions({ kind: 'login-refused' })).toMatchObject([{ account: 'bot' }])
    expect(JSON.stringify(closed.ledger.sessions())).not.toContain('wrong')
  })

  it('needs a token that looks like one', async () => {
    const client = await new IrcSocket(simulator.url).opened()
    client.send('PASS nothing', 'NICK bot')
    await client.line('NOTICE * :Improperly formatted auth')
    await client.closed
  })

  it('is refused by a script, in its words, as often as asked', async () => {
    simulator.refuseLogins(1, { login: 'bot', text: 'Improperly formatted auth' })
    await joinAs(simulator, 'ben')
    await expect(joinAs(simulator, 'bot')).rejects.toThrow('Improperly formatted auth')
    await joinAs(simulator, 'bot')
  })
})

describe('a connection', () => {
  it('can be cut, alone or with all the others', async () => {
    const [bot, ben] = [await joinAs(simulator, 'bot', 'chan'), await joinAs(simulator, 'ben', 'chan')]
    simulator.cut('bot', 'reset')
    await bot.closed
    expect(simulator.connections('ben')).toBe(1)
    simulator.cut()
    await ben.closed
    await simulator.ledger.until((ledger) => ledger.sessions({ kind: 'close' }).length === 2, soon())
    expect(simulator.connections()).toBe(0)
    expect(simulator.room('chan').members.size).toBe(0)
  })

  it('can go silent: nothing is read, nothing comes, the socket stays', async () => {
    const [bot, ben] = [await joinAs(simulator, 'bot', 'chan'), await joinAs(simulator, 'ben', 'chan')]
    simulator.halfOpen('bot')
    bot.send('PRIVMSG #chan :anybody?', 'PING')
    simulator.room('chan').say('ann', 'hello')
    await ben.line('hello')
    await ben.settled()
    expect(bot.lines.some((line) => line.includes('hello'))).toBe(false)
    expect(simulator.ledger.attempts()).toEqual([])
    expect(bot.socket.readyState).toBe(bot.socket.OPEN)
    simulator.cut('bot')
    await bot.closed
  })

  it('is asked to come back, then closed a while later', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    simulator.askReconnect({ closeAfterMs: 3000 })
    await client.line(':tmi.twitch.tv RECONNECT')
    await clock.advance(2999)
    await client.settled()
    await clock.advance(1)
    await client.closed
  })

  it('gets no answer to its goodbye when that is switched on', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    simulator.ignoreCloseHandshakes()
    client.socket.close()
    const other = await joinAs(simulator, 'ben')
    await other.settled()
    expect(client.socket.readyState).toBe(client.socket.CLOSING)
    client.socket.terminate()
    simulator.ignoreCloseHandshakes(false)
    other.socket.close()
    await other.closed
  })

  it('is refused while Twitch is away, and welcome on the same port when it is back', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    simulator.away()
    await client.closed
    await expect(joinAs(simulator, 'bot')).rejects.toThrow()
    simulator.back()
    await joinAs(simulator, 'bot', 'chan')
  })

  it('is pinged every five minutes, and cut when it says nothing for as long again', async () => {
    const client = await joinAs(simulator, 'bot')
    await clock.advance(300_000)
    await client.line('PING :tmi.twitch.tv')
    client.send('PONG :tmi.twitch.tv')
    await client.settled()
    await clock.advance(600_000)
    await client.closed
  })
})
