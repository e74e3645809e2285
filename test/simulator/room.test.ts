import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/random.js'
import { parseIrcLine } from '../../src/simulator/irc-line.js'
import type { ShownLine } from '../../src/simulator/shown-lines.js'
import { TwitchSimulator } from '../../src/simulator/twitch-simulator.js'
import { ManualClock } from '../support/manual-clock.js'
import { IrcSocket, joinAs } from './irc-socket.js'

let clock: ManualClock
let simulator: TwitchSimulator

beforeEach(async () => {
  clock = new ManualClock()
  simulator = new TwitchSimulator({ clock, random: seededRandom(7), openRegistration: true })
  await simulator.start()
})

afterEach(() => simulator.stop())

const tagsOf = (line: string) => Object.fromEntries(parseIrcLine(line)?.tags ?? [])

describe('what a client sends', () => {
  it('reaches everybody in the room, other connections of the account too, but not its own', async () => {
    const [writer, twin, other] = [
      await joinAs(simulator, 'bot', 'chan'),
      await joinAs(simulator, 'bot', 'chan'),
      await joinAs(simulator, 'ben', 'chan'),
    ]
    writer.send('@client-nonce=n\\s1 PRIVMSG #chan :hello')
    const seen = await other.line('PRIVMSG #chan :hello')
    expect(await twin.line('PRIVMSG #chan :hello')).toBe(seen)
    const receipt = tagsOf(await writer.line(['USERSTATE', 'client-nonce']))
    expect(receipt).toMatchObject({ id: tagsOf(seen).id, 'client-nonce': 'n 1' })
    expect(simulator.ledger.delivered()).toMatchObject([{ nonce: 'n 1', shown: { id: receipt.id } }])
    expect(writer.lines.some((line) => line.includes('PRIVMSG'))).toBe(false)
  })

  it('is threaded to the line it replies to, and names its author', async () => {
    const [writer, other] = [await joinAs(simulator, 'bot', 'chan'), await joinAs(simulator, 'ben', 'chan')]
    const id = simulator.room('chan').say({ login: 'ann', displayName: 'Änn ツ' }, 'how; are you?')
    writer.send(`@reply-parent-msg-id=${id} PRIVMSG #chan :fine`)
    const line = await other.line(' fine')
    expect(line).toContain('PRIVMSG #chan :@Änn ツ fine')
    expect(tagsOf(line)).toMatchObject({
      'reply-parent-msg-id': id,
      'reply-parent-msg-body': 'how; are you?',
      'reply-parent-user-login': 'ann',
      'reply-parent-display-name': 'Änn ツ',
      'reply-thread-parent-msg-id': id,
    })
    expect(simulator.ledger.delivered()).toMatchObject([
      { text: 'fine', replyParent: id, shown: { text: '@Änn ツ fine' } },
    ])
  })

  it('is an ordinary line when its parent was deleted', async () => {
    const [writer, other] = [await joinAs(simulator, 'bot', 'chan'), await joinAs(simulator, 'ben', 'chan')]
    const id = simulator.room('chan').say('ann', 'hm')
    expect(simulator.room('chan').delete(id)).toBe(true)
    expect(tagsOf(await other.line('CLEARMSG #chan :hm'))).toMatchObject({
      login: 'ann',
      'target-msg-id': id,
    })
    writer.send(`@reply-parent-msg-id=${id} PRIVMSG #chan :fine`)
    expect(tagsOf(await other.line('PRIVMSG #chan :fine'))).not.toHaveProperty('reply-parent-msg-id')
  })

  it('stays an action, however it was written', async () => {
    const [writer, other] = [await joinAs(simulator, 'bot', 'chan'), await joinAs(simulator, 'ben', 'chan')]
    simulator.room('chan').setRole('bot', 'vip')
    writer.send('PRIVMSG #chan :/me waves', 'PRIVMSG #chan :\u0001ACTION bows\u0001')
    await other.line('\u0001ACTION waves\u0001')
    await other.line('\u0001ACTION bows\u0001')
    expect(simulator.ledger.delivered()).toMatchObject([
      { text: 'waves', isAction: true },
      { text: 'bows', isAction: true },
    ])
  })

  it('learns of a new role with its next receipt', async () => {
    const writer = await joinAs(simulator, 'bot', 'chan')
    const from = writer.lines.length
    simulator.room('chan').setRole('bot', 'moderator')
    await writer.settled()
    expect(writer.lines.slice(from)).toHaveLength(1)
    writer.send('PRIVMSG #chan :hello')
    expect(tagsOf(await writer.line('USERSTATE', from))).toMatchObject({ mod: '1', badges: 'moderator/1' })
  })
})

describe('what a viewer says', () => {
  it('comes from the same person every time, with the badges of the day', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    const room = simulator.room('chan')
    room.setRole('Ann', 'vip')
    room.say('Ann', 'one', { badges: ['subscriber/12'] })
    room.say('ANN', 'two', { action: true })
    const one = tagsOf(await client.line(':one'))
    const two = tagsOf(await client.line('\u0001ACTION two\u0001'))
    expect(one).toMatchObject({
      badges: 'vip/1,subscriber/12',
      'badge-info': 'subscriber/12',
      subscriber: '1',
      vip: '1',
      mod: '0',
    })
    expect([two['user-id'], two.color]).toEqual([one['user-id'], one.color])
  })

  it('cannot smuggle a second line in', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    simulator.room('chan').say('ann', 'a\r\n:tmi.twitch.tv RECONNECT')
    await client.line('PRIVMSG #chan :a :tmi.twitch.tv RECONNECT')
  })

  it('reaches a client without tags, too, bare', async () => {
    const client = await new IrcSocket(simulator.url).opened()
    client.send('PASS oauth:x', 'NICK bare', 'JOIN #chan')
    await client.line('366 bare #chan')
    simulator.room('chan').say('ann', 'hello')
    expect(await client.line('hello')).toBe(':ann!ann@ann.tmi.twitch.tv PRIVMSG #chan :hello')
    expect(client.lines.some((line) => /USERSTATE|ROOMSTATE/.test(line))).toBe(false)
  })

  it('carries timestamps that now and then go backwards', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    for (let n = 0; n < 20; n++) simulator.room('chan').say('ann', `line ${n}`)
    await client.line('line 19')
    const times = client.lines
      .filter((line) => line.includes('PRIVMSG'))
      .map((line) => Number(tagsOf(line)['tmi-sent-ts']))
    expect(times).not.toEqual(times.toSorted((a, b) => a - b))
  })
})

describe('moderation', () => {
  it('is told to every client', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    const room = simulator.room('chan')
    room.say('Ann', 'hello')
    const ann = tagsOf(await client.line(':hello'))['user-id']
    room.timeout('ann', 30)
    expect(tagsOf(await client.line('CLEARCHAT #chan :ann'))).toMatchObject({
      'ban-duration': '30',
      'target-user-id': ann,
    })
    const from = client.lines.length
    room.ban('ann')
    expect(tagsOf(await client.line('CLEARCHAT #chan :ann', from))).not.toHaveProperty('ban-duration')
    room.clear()
    await client.line('CLEARCHAT #chan', from + 1)
  })

  it('leaves nothing to reply to', () => {
    const room = simulator.room('chan')
    const [ann, ben] = [room.say('ann', 'one'), room.say('ben', 'two')]
    room.timeout('ann', 30)
    expect(room.delete(ann)).toBe(false)
    room.clear()
    expect(room.delete(ben)).toBe(false)
  })
})

describe('shared chat', () => {
  it('shows a line in every room, each copy with an id of its own and the id it comes from', async () => {
    const client = await joinAs(simulator, 'bot', 'one', 'two')
    const end = simulator.shareChat(['one', 'two'])
    const id = simulator.room('one').say('ann', 'hello both')
    const original = tagsOf(await client.line('PRIVMSG #one :hello both'))
    const copy = tagsOf(await client.line('PRIVMSG #two :hello both'))
    expect(original).toMatchObject({ id, 'source-id': id, 'source-room-id': original['room-id'] })
    expect(copy).toMatchObject({ 'source-id': id, 'source-room-id': original['room-id'] })
    expect(copy.id).not.toBe(id)
    expect(copy['room-id']).not.toBe(original['room-id'])
    end()
    simulator.room('one').say('ann', 'alone again')
    await client.line('PRIVMSG #one :alone again')
    await client.settled()
    expect(client.lines.some((line) => line.includes('#two :alone again'))).toBe(false)
  })

  it('tells a raid to the other rooms as a notice of shared chat, and bans in all of them', async () => {
    const client = await joinAs(simulator, 'bot', 'one', 'two')
    simulator.shareChat(['one', 'two'])
    simulator.room('one').raid('Zed', 9)
    expect(tagsOf(await client.line('USERNOTICE #two'))).toMatchObject({
      'msg-id': 'sharedchatnotice',
      'source-msg-id': 'raid',
    })
    simulator.room('one').ban('ann')
    await client.line('CLEARCHAT #two :ann')
  })
})

describe('a recorded line', () => {
  it('is passed on as it stands to whoever is in its channel, and can be replied to', async () => {
    const client = await joinAs(simulator, 'bot', 'chan')
    const raw = '@badges=;display-name=Ann;id=abc-123;user-id=42 :ann!ann@ann PRIVMSG #chan :from the log'
    expect(simulator.feed(raw)).toBe(1)
    expect(simulator.feed(raw.replace('#chan', '#elsewhere'))).toBe(0)
    expect(await client.line('from the log')).toBe(raw)
    client.send('@reply-parent-msg-id=abc-123 PRIVMSG #chan :indeed')
    await client.settled()
    expect(simulator.ledger.delivered()).toMatchObject([{ shown: { text: '@Ann indeed' } }])
  })

  it('of one line alone is never a reason to fail', () => {
    for (const raw of ['', '@', 'garbage', ':x', '@id=1', ':tmi.twitch.tv PRIVMSG #']) {
      expect(() => simulator.feed(raw)).not.toThrow()
    }
  })
})

it('shows every line to who watches inside the process, bots and raids included', async () => {
  const shown: ShownLine[] = []
  const stop = simulator.onLine((line) => shown.push(line))
  const client = await joinAs(simulator, 'bot', 'chan')
  const id = simulator.room('chan').say('Ann', 'hello @bot')
  client.send(`@reply-parent-msg-id=${id} PRIVMSG #chan :hi`)
  await client.settled()
  simulator.room('chan').raid('Zed', 3)
  simulator.feed('@display-name=Old :old!old@old PRIVMSG #chan :recorded')
  expect(shown).toMatchObject([
    { channel: 'chan', login: 'ann', displayName: 'Ann', text: 'hello @bot', isBot: false },
    { login: 'bot', text: '@Ann hi', isBot: true, replyTo: { id, login: 'ann', text: 'hello @bot' } },
    { login: 'zed', text: '3 raiders from Zed have joined!', isSystem: true },
    { login: 'old', displayName: 'Old', text: 'recorded' },
  ])
  stop()
  simulator.room('chan').say('ann', 'unseen')
  expect(shown).toHaveLength(4)
})
