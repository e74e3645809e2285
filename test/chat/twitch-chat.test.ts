import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type ChatMessage, toBotLogin, toChannelName } from '../../src/domain.js'
import { soon } from '../support/soon.js'
import { watchTimers } from '../support/timers-alive.js'
import {
  AVA,
  chatStages,
  GENE,
  HERE,
  heardAll,
  line,
  never,
  next,
  THERE,
  task,
  tokens,
} from './chat-stage.js'

/*
 * Goal: chat in and out over real sockets, against the built-in Twitch. Method: both run on one clock, twenty times as
 * fast as the real one; tests wait for events or for an entry of the ledger, never for a time.
 */

const BUILT_IN = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
const set = chatStages()

describe('listening', () => {
  it('puts every bot into every channel, and says so', async () => {
    const { chat, twitch, events } = await set({ channels: [HERE, THERE] })
    const joined: string[] = []
    events.on('bot:joined', ({ bot, channel }) => joined.push(`${bot} ${channel}`))
    await chat.start()
    expect(joined.sort()).toEqual(['Ava here', 'Ava there', 'gene here', 'gene there'])
    expect(chat.status()).toMatchObject({ joined: [AVA, GENE], parked: [] })
    expect(twitch.ledger.breaches).toEqual([])
  })

  it('warns of no leak where many bots are connected', async () => {
    const warnings: Error[] = []
    const warned = (warning: Error) => warnings.push(warning)
    process.on('warning', warned)
    const bots = Array.from({ length: 12 }, (_, n) => ({ login: toBotLogin(`bot${n}`) }))
    const { chat } = await set({ bots, tokens: tokens([]) })
    await chat.start()
    process.off('warning', warned)
    expect(warnings).toEqual([])
  })

  it('joins thirty channels within Twitch’s limit on joins', async () => {
    const channels = Array.from({ length: 30 }, (_, place) => toChannelName(`c${place}`))
    const { chat, twitch } = await set({ channels, bots: [{ login: AVA }], factor: 50 })
    await chat.start()
    expect(chat.status().bots[0]?.joined).toHaveLength(30)
    expect(twitch.ledger.breaches).toEqual([])
  })

  it('hears a line on every connection, and lines of other bots', async () => {
    const stage = await set()
    await stage.chat.start()
    const id = stage.twitch.room('here').say({ login: 'ann', displayName: 'Ann' }, '@ava hello \u{e0000}')
    await stage.chat.deliver(task(AVA), line('@Ann hello!'), never())
    await stage.twitch.ledger.until((ledger) => ledger.delivered().length === 1, soon())
    await heardAll(stage)
    expect(stage.heard.filter((message) => message.id === id)).toMatchObject([
      { login: 'ann', displayName: 'Ann', text: '@ava hello', channel: 'here', isMirrored: false },
      { login: 'ann' },
    ])
    // The sender gets no echo: only gene's connection hears ava.
    expect(stage.heard.filter(({ login }) => login === 'ava')).toMatchObject([{ text: '@Ann hello!' }])
  })

  it('does not parse again what was heard already', async () => {
    const ids = new Set<string>()
    const heard: ChatMessage[] = []
    const onMessage = (message: ChatMessage) => {
      ids.add(message.id)
      heard.push(message)
    }
    const { chat, twitch } = await set({ onMessage, seen: (id) => ids.has(id) })
    await chat.start()
    for (let count = 0; count < 50; count++) twitch.room('here').say('ann', `line ${count}`)
    twitch.room('here').say('ann', 'the last line')
    // Both connections get all lines in order: when each has had a last one of its own, all are through.
    await chat.deliver(task(AVA), line('ava'), never())
    await chat.deliver(task(GENE), line('gene'), never())
    await expect.poll(() => heard.filter(({ login }) => login !== 'ann').length).toBe(2)
    expect(heard.filter(({ login }) => login === 'ann')).toHaveLength(51)
  })

  it('hears lines with Bits, resubs and announcements, and no whispers', async () => {
    const stage = await set({ bots: [{ login: AVA }] })
    await stage.chat.start()
    const room = stage.twitch.room('here')
    const tags = 'badges=;display-name=Ann;room-id=1000;user-id=1001'
    const from = ':ann!ann@ann.tmi.twitch.tv'
    room.feed(`@bits=5;id=b1;${tags} ${from} PRIVMSG #here :Cheer5 @ava hi`)
    room.feed(`@id=a1;${tags} ${from} PRIVMSG #here :\u0001ACTION waves at @ava\u0001`)
    room.feed(`@id=r1;login=ann;msg-id=resub;${tags} :tmi.twitch.tv USERNOTICE #here :five months @ava`)
    room.feed(`@id=r2;login=ann;msg-id=resub;${tags} :tmi.twitch.tv USERNOTICE #here`)
    room.feed(`@id=n1;login=ann;msg-id=announcement;${tags} :tmi.twitch.tv USERNOTICE #here :all hail @ava`)
    room.feed(`@message-id=1;${tags} ${from} WHISPER ava :psst @ava`)
    await heardAll(stage)
    const lines = stage.heard.map(({ id, login, text }) => `${id} ${login}: ${text}`)
    expect(lines.slice(0, -1)).toEqual([
      'b1 ann: Cheer5 @ava hi',
      'a1 ann: waves at @ava',
      'r1 ann: five months @ava',
      'n1 ann: all hail @ava',
    ])
  })

  it('survives lines that make tmi.js throw, and a handler that throws', async () => {
    let isThrowing = true
    const heard: string[] = []
    const { chat, twitch, errors } = await set({
      bots: [{ login: AVA }],
      onMessage: ({ text }) => {
        if (isThrowing) throw new Error('the handler failed')
        heard.push(text)
      },
    })
    await chat.start()
    const room = twitch.room('here')
    room.feed(':ava.tmi.twitch.tv 353 ava = #here')
    room.feed(':tmi.twitch.tv HOSTTARGET #here')
    room.feed(':tmi.twitch.tv NOTICE #here')
    room.feed('@')
    room.say('ann', 'one')
    await expect.poll(() => errors.length).toBe(4)
    isThrowing = false
    room.say('ann', 'two')
    await expect.poll(() => heard).toEqual(['two'])
    expect(twitch.connections('ava')).toBe(1)
  })

  it('takes a NOTICE whose id is empty for one that it does not know', async () => {
    const stage = await set({ bots: [{ login: AVA }] })
    await stage.chat.start()
    stage.twitch.room('here').feed('@msg-id= :tmi.twitch.tv NOTICE #here :Something is the matter.')
    await heardAll(stage)
    expect(stage.errors).toEqual([])
  })

  it('marks the copies of a shared chat, and gives them the id of the original', async () => {
    const stage = await set({ bots: [{ login: AVA }], channels: [HERE, THERE] })
    await stage.chat.start()
    stage.twitch.shareChat(['here', 'there'])
    const id = stage.twitch.room('here').say('ann', 'hello both')
    await expect.poll(() => stage.heard.length).toBe(2)
    expect(stage.heard).toMatchObject([
      { id, channel: 'here', isMirrored: false },
      { id, channel: 'there', isMirrored: true },
    ])
  })
})

describe('sending', () => {
  // Margins shrink with the clock's factor, a busy machine's delays don't: so these two run slower than the rest.
  it('keeps the pace of each channel, and its order', async () => {
    const { chat, twitch } = await set({ channels: [HERE, THERE], factor: 4 })
    await chat.start()
    const texts = Array.from({ length: 10 }, (_, count) => `line ${count}`)
    await Promise.all(
      texts.map((text, count) => chat.deliver(task(AVA), line(text, count % 2 ? HERE : THERE), never())),
    )
    await twitch.ledger.until((ledger) => ledger.attempts().length === 10, soon())
    expect(twitch.ledger.breaches).toEqual([])
    for (const channel of ['here', 'there']) {
      const said = twitch.ledger.delivered({ channel }).map(({ text }) => text)
      expect(said).toEqual(texts.filter((_, count) => (count % 2 ? 'here' : 'there') === channel))
    }
  })

  it('keeps an account within twenty lines in 30 s over all channels', async () => {
    const channels = Array.from({ length: 22 }, (_, place) => toChannelName(`c${place}`))
    const { chat, twitch } = await set({ channels, bots: [{ login: AVA }], factor: 12 })
    await chat.start()
    await Promise.all(channels.map((channel) => chat.deliver(task(AVA), line('hello', channel), never())))
    await twitch.ledger.until((ledger) => ledger.attempts().length === 22, soon())
    expect(twitch.ledger.breaches).toEqual([])
    expect(twitch.ledger.delivered()).toHaveLength(22)
  })

  it('threads a reply and tells of the line', async () => {
    const { chat, twitch, events } = await set()
    await chat.start()
    const id = twitch.room('here').say('ann', '@gene hi')
    const written = next(events, 'line:written')
    await expect(chat.deliver(task(GENE), line('hello', HERE, id), never())).resolves.toMatchObject({
      kind: 'sent',
    })
    expect(await written).toEqual({ bot: GENE, line: line('hello', HERE, id) })
    await twitch.ledger.until((ledger) => ledger.delivered().length === 1, soon())
    expect(twitch.ledger.delivered()).toMatchObject([
      { account: 'gene', text: 'hello', replyParent: id, shown: { text: '@ann hello' } },
    ])
  })

  it('tells what Twitch refuses, by its id', async () => {
    const { chat, twitch, events } = await set()
    await chat.start()
    twitch.refuseMessages('msg_slowmode')
    twitch.holdByAutoMod(1, 'gene')
    const slow = next(events, 'line:refused', ({ notice }) => notice === 'msg_slowmode')
    await chat.deliver(task(AVA), line('one'), never())
    expect(await slow).toMatchObject({ bot: AVA, channel: 'here' })
    const held = next(events, 'line:refused')
    await chat.deliver(task(GENE), line('two'), never())
    expect(await held).toMatchObject({ bot: GENE, notice: 'msg_rejected' })
  })

  it('refuses to speak for a bot it does not know', async () => {
    const { chat } = await set()
    await expect(chat.deliver(task(toBotLogin('zed')), line('hi'), never())).rejects.toMatchObject({
      code: 'no-bot',
    })
    expect(chat.blocked(toBotLogin('zed'), HERE)).toBeDefined()
  })
})

describe('connections', () => {
  it('come back after a cut, say once what was waiting, and lose no line of chat', async () => {
    const stage = await set()
    const { chat, twitch, events, heard } = stage
    await chat.start()
    const gone = next(events, 'bot:disconnected')
    twitch.cut('ava', 'reset')
    expect(await gone).toMatchObject({ bot: AVA, retryInMs: expect.any(Number) })
    const back = next(events, 'bot:joined', ({ bot }) => bot === AVA)
    const id = twitch.room('here').say('ann', 'while ava is away')
    const sent = chat.deliver(task(AVA), line('I am back'), never())
    expect(chat.status().bots[0]?.waiting).toBe(1)
    expect(chat.blocked(AVA, HERE)).toBeUndefined()
    await back
    await sent
    await twitch.ledger.until((ledger) => ledger.attempts().length === 1, soon())
    await heardAll(stage)
    expect(heard.some((message) => message.id === id)).toBe(true)
    expect(twitch.ledger.attempts({ account: 'ava' })).toMatchObject([
      { text: 'I am back', verdict: 'delivered' },
    ])
    expect(twitch.ledger.breaches).toEqual([])
  })

  it('park a bot whose login is refused, with advice and without its token, and leave the others alone', async () => {
    const { chat, twitch, events } = await set({
      tokens: tokens([
        [AVA, 'secret-of-somebody'],
        [GENE, 'gene-token'],
      ]),
    })
    const parked = next(events, 'bot:parked')
    await chat.start()
    const told = await parked
    expect(told).toMatchObject({ bot: AVA, reason: 'Login authentication failed' })
    expect(told.advice).toContain('TWITCH_TOKEN_AVA')
    expect(JSON.stringify([told, chat.status()])).not.toContain('secret')
    expect(chat.status()).toMatchObject({ joined: [GENE], parked: [{ bot: AVA }] })
    expect(chat.blocked(AVA, HERE)).toBe('Login authentication failed')
    expect([chat.silenced(AVA), chat.silenced(GENE)]).toEqual(['Login authentication failed', undefined])
    await expect(chat.deliver(task(GENE), line('I am here'), never())).resolves.toMatchObject({
      kind: 'sent',
    })
    expect(twitch.ledger.sessions({ kind: 'login-refused' })).toHaveLength(1)
  })

  it.each([
    ['of another account', 'gene-token', 'The token is that of gene.'],
    ['that would be two commands', 'a\r\nJOIN #evil', 'The token is empty, or holds'],
    ['that is empty', '', 'The token is empty, or holds'],
  ])('park a bot with a token %s', async (_what, token, reason) => {
    const { chat } = await set({ bots: [{ login: AVA }], tokens: tokens([[AVA, token]]) })
    await chat.start()
    expect(chat.status().parked).toEqual([{ bot: AVA, reason: expect.stringContaining(reason) }])
  })

  it('park a bot whose login is refused at a reconnect', async () => {
    const { chat, twitch, events } = await set()
    await chat.start()
    twitch.revokeToken('ava')
    const parked = next(events, 'bot:parked')
    twitch.cut('ava')
    expect(await parked).toMatchObject({ bot: AVA })
    expect(chat.status().joined).toEqual([GENE])
  })

  it('follow RECONNECT at once, though the old connection never says goodbye', async () => {
    const { chat, twitch, events, heard } = await set()
    await chat.start()
    twitch.ignoreCloseHandshakes()
    const moving = next(events, 'bot:moving')
    const back = next(events, 'bot:joined', ({ bot }) => bot === AVA)
    twitch.askReconnect({ login: 'ava', closeAfterMs: 600_000 })
    expect(await moving).toEqual({ bot: AVA, inMs: 0 })
    await back
    await expect.poll(() => twitch.connections('ava')).toBe(1)
    await chat.deliver(task(AVA), line('still here'), never())
    await expect.poll(() => heard.map(({ text }) => text)).toEqual(['still here'])
  })

  it('listen without a gap while they follow RECONNECT, one bot alone as well', async () => {
    const { chat, twitch, events, heard } = await set({ bots: [{ login: AVA }] })
    await chat.start()
    const room = twitch.room('here')
    const back = next(events, 'bot:joined')
    const gaps: number[] = []
    const end = twitch.ledger.onEntry(() => gaps.push(room.members.size))
    twitch.askReconnect({ closeAfterMs: 30_000 })
    await back
    await expect.poll(() => twitch.connections('ava')).toBe(1)
    end()
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1)
    const id = room.say('ann', 'did I lose you?')
    await expect.poll(() => heard.map((message) => message.id)).toEqual([id])
  })

  it('go on with the old one, and come back as ever, where the new connection fails', async () => {
    const { chat, twitch, events } = await set({ bots: [{ login: AVA }] })
    await chat.start()
    twitch.refuseLogins(1, { text: 'Error logging in' })
    const gone = next(events, 'bot:disconnected')
    const back = next(events, 'bot:joined')
    twitch.askReconnect({ closeAfterMs: 20_000 })
    await expect.poll(() => twitch.ledger.sessions({ kind: 'login-refused' }).length).toBe(1)
    await expect(chat.deliver(task(AVA), line('on the old one'), never())).resolves.toMatchObject({
      kind: 'sent',
    })
    await gone
    await back
    expect(chat.status().joined).toEqual([AVA])
  })

  it('wait longer and longer while Twitch is away, and come back when it does', async () => {
    const { chat, twitch, events } = await set({ bots: [{ login: AVA }] })
    const delays: number[] = []
    events.on('bot:disconnected', ({ retryInMs }) => delays.push(retryInMs))
    twitch.away()
    await chat.start()
    expect(chat.status().joined).toEqual([])
    const sent = chat.deliver(task(AVA), line('at last'), never())
    await next(events, 'bot:disconnected', () => delays.length === 4)
    for (const [place, fullMs] of [1000, 2000, 4000, 8000].entries()) {
      expect(delays[place]).toBeGreaterThanOrEqual(fullMs * 0.75)
      expect(delays[place]).toBeLessThanOrEqual(fullMs)
    }
    twitch.back()
    await sent
  })

  it('do not follow a server that asks for RECONNECT again and again without pause', async () => {
    const { chat, twitch, events } = await set({ bots: [{ login: AVA }] })
    const delays: number[] = []
    events.on('bot:moving', ({ inMs }) => delays.push(inMs))
    events.on('bot:joined', () => twitch.askReconnect({ closeAfterMs: 600_000 }))
    await chat.start()
    await next(events, 'bot:moving', () => delays.length === 3)
    expect(delays[0]).toBe(0)
    expect(delays[1]).toBeGreaterThanOrEqual(1500)
    expect(delays[2]).toBeGreaterThanOrEqual(3000)
  })

  it('ask again for a join that was not answered', async () => {
    const { chat, twitch, events } = await set({ bots: [{ login: AVA }], factor: 100 })
    twitch.delayJoin(1_000_000)
    await chat.start()
    expect(chat.status().joined).toEqual([])
    const joined = next(events, 'bot:joined')
    twitch.delayJoin(0)
    expect(await joined).toEqual({ bot: AVA, channel: HERE })
  })

  it('give up an attempt that a silent server leaves hanging', async () => {
    const silent = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const url = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const { chat, events } = await set({ bots: [{ login: AVA }], url, factor: 100 })
    const gone = next(events, 'bot:disconnected')
    await chat.start()
    expect((await gone).reason).toContain('in time')
    await chat.stop()
    silent.close()
    await once(silent, 'close')
  })

  it('say when a bot is shut out of a channel, go on in the others, and try again', async () => {
    const { chat, twitch, events } = await set({
      bots: [{ login: AVA }],
      channels: [THERE, HERE],
      factor: 100,
    })
    twitch.room('there').setSuspended(true)
    const closed = next(events, 'channel:closed')
    await chat.start()
    expect(await closed).toMatchObject({ bot: AVA, channel: THERE })
    expect(chat.blocked(AVA, THERE)).toBeDefined()
    expect(chat.blocked(AVA, HERE)).toBeUndefined()
    expect(chat.silenced(AVA)).toBeUndefined()
    const sent = chat.deliver(task(AVA), line('hello', THERE), never())
    await expect(chat.deliver(task(AVA), line('hello'), never())).resolves.toMatchObject({ kind: 'sent' })
    twitch.room('there').setSuspended(false)
    await sent
    expect(chat.blocked(AVA, THERE)).toBeUndefined()
  })

  it('count a bot that is shut out of its only channel as parked', async () => {
    const { chat, twitch } = await set({ bots: [{ login: AVA }] })
    twitch.room('here').setSuspended(true)
    await chat.start()
    expect(chat.status()).toMatchObject({
      joined: [],
      parked: [{ bot: AVA, reason: expect.stringContaining('suspended') }],
    })
  })

  it('end when they are stopped, twice and at once, also where the server does not answer', async () => {
    const { chat, twitch, clock } = await set()
    await chat.start()
    twitch.ignoreCloseHandshakes()
    const left = chat
      .deliver(task(AVA), line('one'), never())
      .then(() => chat.deliver(task(AVA), line('two'), never()))
    left.catch(() => {})
    const beforeMs = clock.now()
    await Promise.all([chat.stop(), chat.stop(), chat[Symbol.asyncDispose]()])
    expect(clock.now() - beforeMs).toBeLessThan(20_000)
    await expect(left).rejects.toMatchObject({ code: 'stopping' })
    await expect.poll(() => twitch.connections()).toBe(0)
    await chat.start()
    expect(twitch.connections()).toBe(0)
  })

  it('can be stopped while they are being made', async () => {
    const { chat, twitch } = await set()
    const started = chat.start()
    await chat.stop()
    await started
    await expect.poll(() => twitch.connections()).toBe(0)
  })
})

it('leaves the built-in WebSocket where it was', async () => {
  const { chat } = await set()
  await chat.start()
  expect(Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')).toEqual(BUILT_IN)
})

it('leaves no timer of tmi.js behind: nothing keeps the process alive after a stop', async () => {
  const timers = watchTimers('node_modules/tmi.js/')
  try {
    // At the pace of the socket: how long its closing may take is counted by the clock.
    const { chat, twitch } = await set({ factor: 1 })
    await chat.start()
    // It sees to its PINGs by itself.
    expect(timers.alive()).not.toEqual([])
    await chat.deliver(task(AVA), line('hello!'), never())
    await twitch.ledger.until((ledger) => ledger.delivered().length === 1, soon())
    await chat.stop()
    expect(timers.alive()).toEqual([])
  } finally {
    timers.end()
  }
})
