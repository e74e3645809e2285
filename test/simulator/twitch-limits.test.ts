import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/random.js'
import { TwitchSimulator } from '../../src/simulator/twitch-simulator.js'
import { ManualClock } from '../support/manual-clock.js'
import { IrcSocket, joinAs } from './irc-socket.js'

let clock: ManualClock
let simulator: TwitchSimulator

beforeEach(async () => {
  clock = new ManualClock()
  simulator = new TwitchSimulator({ clock, random: seededRandom(1), openRegistration: true })
  await simulator.start()
})

afterEach(() => simulator.stop())

const verdicts = () => simulator.ledger.attempts().map(({ verdict }) => verdict)
const breaches = () => simulator.ledger.breaches.map(({ kind }) => kind)

/** Sends one line, waits until it was judged, then lets time pass. */
async function send(client: IrcSocket, text: string, options: { to?: string; thenMs?: number } = {}) {
  client.send(`PRIVMSG #${options.to ?? 'chan'} :${text}`)
  await client.settled()
  await clock.advance(options.thenMs ?? 1100)
}

describe('the send limits over sockets', () => {
  it('hold for an account over all its connections and channels', async () => {
    const first = await joinAs(simulator, 'bot', 'chan', 'other')
    const second = await joinAs(simulator, 'bot', 'chan', 'other')
    for (let n = 1; n <= 21; n++) {
      const to = n % 2 === 0 ? 'chan' : 'other'
      await send(n % 3 === 0 ? first : second, `line ${n}`, { to })
    }
    expect(simulator.ledger.delivered()).toHaveLength(20)
    expect(verdicts().at(-1)).toBe('locked-out')
    expect(breaches()).toEqual(['over-20'])
    expect(first.lines.some((line) => line.includes('NOTICE #'))).toBe(false)
  })

  it('let a moderator of one channel go on there while it is locked out elsewhere', async () => {
    simulator.room('chan').setRole('bot', 'moderator')
    const client = await joinAs(simulator, 'bot', 'chan', 'other')
    for (let n = 1; n <= 100; n++) await send(client, `line ${n}`, { thenMs: 10 })
    expect(simulator.ledger.delivered()).toHaveLength(100)
    await send(client, 'one too many')
    await send(client, 'elsewhere', { to: 'other' })
    await clock.advance(30_000)
    await send(client, 'here again')
    await send(client, 'still not there', { to: 'other' })
    expect(verdicts().slice(100)).toEqual(['over-limit', 'locked-out', 'delivered', 'locked-out'])
    expect(breaches()).toEqual(['over-100', 'over-20'])
  })

  it('count messages that were refused', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    for (let n = 1; n <= 20; n++) await send(client, '/nonsense')
    await send(client, 'a good one')
    expect(verdicts().at(-1)).toBe('locked-out')
  })

  it('answer a line that comes too soon or twice with its NOTICE, without the nonce', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    await send(client, 'hello', { thenMs: 500 })
    client.send('@client-nonce=n2 PRIVMSG #chan :hello again')
    const notice = await client.line('msg_ratelimit')
    expect(notice).not.toContain('n2')
    await clock.advance(1100)
    await send(client, 'hello')
    await client.line('msg_duplicate')
    expect(breaches()).toEqual(['under-1s', 'duplicate'])
  })

  it('take away nothing from another account', async () => {
    const busy = await joinAs(simulator, 'busy', 'chan')
    const calm = await joinAs(simulator, 'calm', 'chan')
    for (let n = 1; n <= 25; n++) await send(busy, `line ${n}`)
    await send(calm, 'hello')
    expect(simulator.ledger.delivered({ account: 'calm' })).toHaveLength(1)
  })

  it('read a smuggled line break as a second command', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    client.send('PRIVMSG #chan :a\r\nPRIVMSG #chan :b\nPART #chan')
    await client.line('PART #chan')
    expect(simulator.ledger.attempts().map(({ text }) => text)).toEqual(['a', 'b'])
  })
})

describe('logins and joins', () => {
  it('are refused beyond twenty in ten seconds', async () => {
    for (let n = 1; n <= 20; n++) (await joinAs(simulator, 'bot')).socket.terminate()
    const late = joinAs(simulator, 'bot')
    await expect(late).rejects.toThrow('Login unsuccessful')
    expect(breaches()).toEqual(['logins-too-fast'])
    await clock.advance(10_001)
    const client = await joinAs(simulator, 'bot')
    client.send(`JOIN ${Array.from({ length: 21 }, (_, index) => `#c${index}`).join(',')}`)
    await client.settled()
    expect(simulator.ledger.sessions({ kind: 'join' })).toHaveLength(20)
    expect(breaches()).toEqual(['logins-too-fast', 'joins-too-fast'])
  })

  it('give an anonymous client everything to read and nothing to say', async () => {
    const reader = await new IrcSocket(simulator.url).opened()
    reader.send('CAP REQ :twitch.tv/tags twitch.tv/commands', 'NICK justinfan123', 'JOIN #chan')
    await reader.line('ROOMSTATE #chan')
    simulator.room('chan').say('ann', 'hello')
    await reader.line('PRIVMSG #chan :hello')
    reader.send('PRIVMSG #chan :me too')
    await reader.settled()
    expect(simulator.ledger.attempts()).toEqual([])
  })
})

describe('the modes of a room', () => {
  it('are told in full at the join, and afterwards only what changed', async () => {
    const room = simulator.room('chan')
    room.setMode({ slowSeconds: 10 })
    const client = await joinAs(simulator, 'bot', 'chan')
    expect(await client.line('ROOMSTATE')).toMatch(
      /^@emote-only=0;followers-only=-1;r9k=0;slow=10;subs-only=0;room-id=\d+ /,
    )
    const from = client.lines.length
    room.setMode({ slowSeconds: 10, emoteOnly: true })
    expect(await client.line('ROOMSTATE', from)).toMatch(/^@emote-only=1;room-id=\d+ /)
  })

  it.each([
    ['msg_emoteonly', { emoteOnly: true }],
    ['msg_subsonly', { subscribersOnly: true }],
    ['msg_followersonly', { followersOnlyMinutes: 10 }],
    ['msg_followersonly_zero', { followersOnlyMinutes: 0 }],
  ])('refuse a line with %s', async (notice, mode) => {
    simulator.room('chan').setMode(mode)
    const client = await joinAs(simulator, 'bot', 'chan')
    await send(client, 'hello')
    await client.line([`msg-id=${notice}`, 'NOTICE #chan :'])
    expect(verdicts()).toEqual([notice])
  })

  it('refuse what was said before in unique mode, whoever said it', async () => {
    simulator.room('chan').setMode({ unique: true })
    const client = await joinAs(simulator, 'bot', 'chan')
    simulator.room('chan').say('ann', 'hello there')
    await send(client, 'hello  there')
    await send(client, 'something else')
    expect(verdicts()).toEqual(['msg_r9k', 'delivered'])
  })

  it('let a timeout run out and say what is left of it', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    simulator.room('chan').timeout('bot', 60)
    await send(client, 'hello', { thenMs: 30_000 })
    await client.line('You are timed out for 60 more seconds.')
    await send(client, 'hello', { thenMs: 30_000 })
    await client.line('You are timed out for 30 more seconds.')
    await send(client, 'hello')
    expect(verdicts()).toEqual(['msg_timedout', 'msg_timedout', 'delivered'])
  })

  it('forget a pardoned ban', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    simulator.room('chan').ban('bot')
    await send(client, 'hello')
    simulator.room('chan').pardon('bot')
    await send(client, 'hello')
    expect(verdicts()).toEqual(['msg_banned', 'delivered'])
  })
})
