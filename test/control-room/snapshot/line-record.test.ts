import { describe, expect, test } from 'vitest'
import { SECOND } from '../../../src/clock.js'
import { LineRecord } from '../../../src/control-room/snapshot/line-record.js'
import {
  type ChatLine,
  type ChatText,
  type MessageId,
  type Outcome,
  type ReplyTask,
  toBotLogin,
  toChannelName,
  toMessageId,
  toUserId,
  type UserId,
} from '../../../src/domain.js'
import { ChorusEmitter } from '../../../src/events.js'
import { settle as breath, ManualClock } from '../../support/manual-clock.js'
import { replyTask } from '../../support/reply-task.js'

/*
 * Goal: one line is one entry, with all whom it answers and what became of it, and nothing is quoted that was cleared away.
 * Method: the events as chat and queue tell them, in their order; what the two of them do together is in sections.test.ts.
 */

const AVA = toBotLogin('ava')
const CHANNEL = toChannelName('mychannel')
const WALL_MS = Date.UTC(2026, 0, 1)
const DELETED: Outcome = { kind: 'withdrawn', by: 'moderation', reason: 'the message was deleted' }

/** A clearing without its channel. */
type Cleared =
  | { readonly kind: 'message'; readonly id: MessageId; readonly login?: string }
  | { readonly kind: 'user'; readonly userId: UserId; readonly login?: string }
  | { readonly kind: 'chat' }

/** A line to one viewer is threaded to the message; one to several calls them. */
const lineTo = (...tasks: readonly ReplyTask[]): ChatLine => {
  const [first, ...others] = tasks
  const isThreaded = first !== undefined && others.length === 0
  const text = isThreaded ? 'hello' : tasks.map(({ message }) => `@${message.login} hello`).join(' ')
  return { channel: CHANNEL, text: text as ChatText, ...(isThreaded && { replyTo: first.message.id }) }
}

function recording() {
  const clock = new ManualClock()
  const events = new ChorusEmitter()
  const record = new LineRecord({ clock, events })
  const write = (line: ChatLine) => events.emit('line:written', { bot: AVA, line })
  const settle = (outcome: Outcome, ...tasks: readonly ReplyTask[]) => {
    const outcomes =
      tasks.length > 1 && outcome.kind === 'sent' ? { ...outcome, viewers: tasks.length } : outcome
    for (const [n, task] of tasks.entries())
      events.emit('reply:settled', { task, outcome: outcomes, tookMs: 1000.4 + n })
  }
  /** As chat tells it: the line, and in the same breath what it was the answer to. */
  const send = async (line: ChatLine, id: string | undefined, ...tasks: readonly ReplyTask[]) => {
    const message = id === undefined ? undefined : toMessageId(id)
    write(line)
    await breath()
    events.emit('line:sent', { bot: AVA, line, id: message })
    settle({ kind: 'sent', ...(message !== undefined && { id: message }) }, ...tasks)
    await breath()
  }
  const refuse = (next: string, text = 'Slow down.') =>
    events.emit('line:refused', { bot: AVA, channel: CHANNEL, notice: 'msg_x', text, next })
  const clear = (what: Cleared, channel = CHANNEL) =>
    events.emit('chat:cleared', { clearing: { ...what, channel } })
  return { clear, clock, events, record, refuse, send, settle, write }
}

describe('a line that was sent', () => {
  test('is told with its text, whom it answers, and how long that took', async () => {
    const { clock, record, send } = recording()
    await clock.advance(5 * SECOND)
    const ann = replyTask({ login: 'ann' })
    await send(lineTo(ann), 'x1', ann)
    expect(record.lines).toEqual([
      {
        ...{ number: 1, atMs: WALL_MS + 5000, bot: 'ava', channel: 'mychannel' },
        ...{ text: 'hello', viewers: ['ann'], result: 'sent', tookMs: 1000 },
      },
    ])
  })

  test.each(['x1', undefined])('is one entry with all whom it answers, its id being %s', async (id) => {
    const { record, send } = recording()
    const tasks = ['ann', 'bob', 'cat'].map((login) => replyTask({ login }))
    await send(lineTo(...tasks), id, ...tasks)
    expect(record.lines).toMatchObject([
      {
        text: '@ann hello @bob hello @cat hello',
        viewers: ['ann', 'bob', 'cat'],
        result: 'joint',
        tookMs: 1002,
      },
    ])
  })

  test('names a viewer once who has asked twice', async () => {
    const { record, send } = recording()
    const tasks = [replyTask({ login: 'ann' }), replyTask({ login: 'ann' })] as const
    await send(lineTo(tasks[0]), 'x1', ...tasks)
    expect(record.lines).toMatchObject([{ viewers: ['ann'] }])
  })

  test('is apart from the next one, though neither has an id', async () => {
    const { record, send } = recording()
    for (const login of ['ann', 'bob']) {
      const task = replyTask({ login })
      await send(lineTo(task), undefined, task)
    }
    expect(record.lines).toMatchObject([
      { number: 2, viewers: ['bob'] },
      { number: 1, viewers: ['ann'] },
    ])
  })

  test('answers nobody where it is the answer to a command', async () => {
    const { record, send } = recording()
    await send(lineTo(replyTask()), 'x1')
    expect(record.lines).toMatchObject([{ text: 'hello', viewers: [], result: 'sent' }])
  })

  test('that answers a command loses its text with any viewer of its channel: nobody knows whose it was', async () => {
    const { events, record, send } = recording()
    const task = replyTask()
    await send(lineTo(task), 'x1')
    const { channel } = task.message
    events.emit('chat:cleared', { clearing: { kind: 'user', channel, userId: toUserId('u-somebody') } })
    expect(record.lines[0]).not.toHaveProperty('text')
  })

  test('is the identical list until there is another one', async () => {
    const { record, send } = recording()
    const task = replyTask()
    await send(lineTo(task), 'x1', task)
    const { lines } = record
    expect(record.lines).toBe(lines)
    await send(lineTo(task), 'x2')
    expect(record.lines).not.toBe(lines)
  })

  test('falls out as the fifty-first', async () => {
    const { record, send } = recording()
    for (let n = 1; n <= 51; n++) await send(lineTo(replyTask()), `x${n}`)
    expect([record.lines.length, record.lines[0]?.number, record.lines.at(-1)?.number]).toEqual([50, 51, 2])
  })
})

describe('a line with another fate', () => {
  test.each([
    [{ kind: 'sent', inDoubt: true }, 'in-doubt', /neither took nor refused/],
    [{ kind: 'sent', heldByAutoMod: true }, 'held-by-automod', /^AutoMod holds it/],
  ] as const)('is told with what was written: %j', async (outcome, result, reason) => {
    const { record, refuse, settle, write } = recording()
    const tasks = ['ann', 'bob'].map((login) => replyTask({ login }))
    write(lineTo(...tasks))
    await breath()
    settle(outcome, ...tasks)
    refuse('held for a moderator')
    expect(record.lines).toMatchObject([
      {
        text: '@ann hello @bob hello',
        viewers: ['ann', 'bob'],
        result,
        reason: expect.stringMatching(reason),
      },
    ])
  })

  test('is one entry though each of its replies is left in doubt by itself', async () => {
    const { record, settle, write } = recording()
    const tasks = ['ann', 'bob'].map((login) => replyTask({ login }))
    write(lineTo(...tasks))
    await breath()
    for (const task of tasks) settle({ kind: 'sent', inDoubt: true, viewers: 2 }, task)
    expect(record.lines).toMatchObject([{ viewers: ['ann', 'bob'] }])
  })

  test('is apart from the next one that ends the same way', async () => {
    const { record, settle, write } = recording()
    for (const login of ['ann', 'bob']) {
      const task = replyTask({ login })
      write(lineTo(task))
      settle({ kind: 'sent', inDoubt: true }, task)
      await breath()
    }
    expect(record.lines).toMatchObject([{ viewers: ['bob'] }, { viewers: ['ann'] }])
  })

  test('has no text where an earlier run has written it, whatever this one has written since', async () => {
    const { record, settle, write } = recording()
    const restored = replyTask({ login: 'ann' })
    write(lineTo(replyTask({ login: 'bob' })))
    await breath()
    settle({ kind: 'sent', inDoubt: true }, restored)
    expect(record.lines).toMatchObject([{ viewers: ['ann'], result: 'in-doubt' }])
    expect(record.lines[0]).not.toHaveProperty('text')
  })

  test('that Twitch refuses is told with its words and what comes next, and is told again when it is sent', async () => {
    const { events, record, refuse, send, write } = recording()
    const ann = replyTask({ login: 'ann' })
    events.emit('reply:ready', { task: ann, tookMs: 1 })
    write(lineTo(ann))
    refuse('said again in 3 s')
    await send(lineTo(ann), 'x1', ann)
    const [sent, refused] = record.lines
    expect(refused).toEqual({
      ...{ number: 1, atMs: WALL_MS, bot: 'ava', channel: 'mychannel', text: 'hello' },
      ...{ viewers: ['ann'], result: 'refused', reason: 'Slow down. (said again in 3 s)' },
    })
    expect(sent).toMatchObject({ number: 2, result: 'sent' })
  })

  test('that is refused names all whom it calls, and nobody whose line is another one', () => {
    const { events, record, refuse, write } = recording()
    const tasks = ['ann', 'bob', 'an'].map((login) => replyTask({ login }))
    for (const task of tasks) events.emit('reply:ready', { task, tookMs: 1 })
    write(lineTo(...tasks.slice(0, 2)))
    refuse('made anew', '')
    expect(record.lines).toMatchObject([{ viewers: ['ann', 'bob'], reason: 'msg_x (made anew)' }])
  })

  test('that is refused names all whom it calls, whatever capitals it calls them in', () => {
    const { events, record, refuse, write } = recording()
    const tasks = ['ann', 'bob', 'an'].map((login) => replyTask({ login }))
    for (const task of tasks) events.emit('reply:ready', { task, tookMs: 1 })
    write({ channel: CHANNEL, text: '@Ann hello @BOB hello' as ChatText })
    refuse('made anew', '')
    expect(record.lines).toMatchObject([{ viewers: ['ann', 'bob'], reason: 'msg_x (made anew)' }])
  })

  test('that is refused names nobody where five hundred others were made since', () => {
    const { events, record, refuse, write } = recording()
    const tasks = Array.from({ length: 501 }, () => replyTask())
    for (const task of tasks) events.emit('reply:ready', { task, tookMs: 1 })
    for (const task of tasks.slice(0, 2)) {
      write(lineTo(task))
      refuse('made anew')
    }
    expect(record.lines).toMatchObject([{ viewers: ['ann'] }, { viewers: [] }])
  })

  test.each([
    [DELETED, 'withdrawn', 'the message was deleted'],
    [{ kind: 'expired', reason: 'Chorus was not running' }, 'expired', 'Chorus was not running'],
    [{ kind: 'dead', code: 'model-empty', reason: 'nothing came' }, 'dead', 'nothing came'],
  ] as const)('that was never said has no text: %j', async (outcome, result, reason) => {
    const { record, settle, write } = recording()
    const [ann, bob] = [replyTask({ login: 'ann' }), replyTask({ login: 'bob' })]
    write(lineTo(ann))
    await breath()
    settle(outcome, ann, bob)
    expect(record.lines).toMatchObject([
      { viewers: ['bob'], result, reason },
      { viewers: ['ann'], result, reason, tookMs: 1000 },
    ])
    for (const line of record.lines) expect(line).not.toHaveProperty('text')
  })
})

describe('what was cleared away is quoted no more', () => {
  async function sent() {
    const recorded = recording()
    const [ann, bob, cat] = ['ann', 'bob', 'cat'].map((login) => replyTask({ login })) as [
      ReplyTask,
      ReplyTask,
      ReplyTask,
    ]
    await recorded.send(lineTo(ann, bob), 'x1', ann, bob)
    await recorded.send(lineTo(cat), 'x2', cat)
    const textsLeft = () =>
      recorded.record.lines.flatMap(({ text, number }) => (text === undefined ? [] : [number]))
    return { ...recorded, ann, bob, cat, textsLeft }
  }

  test('a message, of one viewer of several', async () => {
    const { bob, clear, record, textsLeft } = await sent()
    const before = record.lines
    clear({ kind: 'message', id: bob.message.id })
    expect(textsLeft()).toEqual([2])
    expect(record.lines[1]).toMatchObject({ result: 'joint', reason: 'What it answers was cleared away.' })
    expect(record.lines).not.toBe(before)
  })

  test('all of a viewer’s', async () => {
    const { cat, clear, textsLeft } = await sent()
    clear({ kind: 'user', userId: cat.message.userId })
    expect(textsLeft()).toEqual([1])
  })

  test('a whole chat, and none but that', async () => {
    const { clear, textsLeft } = await sent()
    clear({ kind: 'chat' }, toChannelName('elsewhere'))
    expect(textsLeft()).toEqual([2, 1])
    clear({ kind: 'chat' })
    expect(textsLeft()).toEqual([])
  })

  test('the line itself, and that is what is told', async () => {
    const { clear, record, textsLeft } = await sent()
    clear({ kind: 'message', id: toMessageId('x1'), login: 'ava' })
    expect(textsLeft()).toEqual([2])
    expect(record.lines[1]).toMatchObject({ result: 'joint', reason: 'A moderator has deleted it.' })
  })

  test('all lines of a bot that is timed out or banned, in that channel', async () => {
    const { clear, clock, record, send, textsLeft } = await sent()
    const ava = { kind: 'user', userId: toUserId('u-ava'), login: 'ava' } as const
    clear(ava, toChannelName('elsewhere'))
    clear({ ...ava, login: 'ben' })
    expect(textsLeft()).toEqual([2, 1])
    clear(ava)
    expect(textsLeft()).toEqual([])
    expect(record.lines[0]).toMatchObject({
      ...{ result: 'sent', viewers: ['cat'] },
      reason: 'The bot was timed out or banned, and its lines were cleared away.',
    })
    await clock.advance(600 * SECOND)
    await send(lineTo(replyTask()), 'x3')
    expect(textsLeft()).toEqual([3])
  })

  test('of a bot’s lines none that never was in chat: it goes with what it answers alone', () => {
    const { clear, events, record, refuse, write } = recording()
    const ann = replyTask({ login: 'ann' })
    events.emit('reply:ready', { task: ann, tookMs: 1 })
    write(lineTo(ann))
    refuse('made anew')
    clear({ kind: 'user', userId: toUserId('u-ava'), login: 'ava' })
    expect(record.lines[0]).toMatchObject({ text: 'hello' })
    clear({ kind: 'user', userId: ann.message.userId, login: 'ann' })
    expect(record.lines[0]).not.toHaveProperty('text')
  })

  test.each([
    ['message', { kind: 'message', id: toMessageId('x1'), login: 'ava' }, 'A moderator has deleted it.'],
    ['user', { kind: 'user', userId: toUserId('u-ava'), login: 'ava' }, /^The bot was timed out/],
    ['chat', { kind: 'chat' }, 'Moderators have cleared the chat.'],
  ] as const)(
    'a line of ours that was on its way, when another connection heard of it first: %s',
    async (_kind, clearing, reason) => {
      const { clear, clock, events, record, write } = recording()
      write(lineTo(replyTask()))
      await clock.advance(100)
      clear(clearing)
      await clock.advance(100)
      events.emit('line:sent', { bot: AVA, line: lineTo(replyTask()), id: toMessageId('x1') })
      await breath()
      expect(record.lines).toMatchObject([{ result: 'sent', reason: expect.stringMatching(reason) }])
      expect(record.lines[0]).not.toHaveProperty('text')
    },
  )

  test('what another bot has said to a line of ours that is deleted', async () => {
    const { clear, events, record, send, settle } = recording()
    const [ann, bob, banter] = [replyTask({ login: 'ann' }), replyTask(), replyTask({ bot: 'ben' })]
    await send(lineTo(ann), 'x1', ann)
    const toOurs = { ...banter, message: { ...banter.message, id: toMessageId('x1') } }
    events.emit('line:sent', { bot: toBotLogin('ben'), line: lineTo(toOurs), id: toMessageId('y1') })
    settle({ kind: 'sent', id: toMessageId('y1') }, toOurs)
    await breath()
    await send(lineTo(bob), 'x2', bob)
    clear({ kind: 'message', id: toMessageId('x1'), login: 'ava' })
    expect(record.lines.map(({ bot, text }) => [bot, text])).toEqual([
      ['ava', 'hello'],
      ['ben', undefined],
      ['ava', undefined],
    ])
  })

  test('a line whose id nobody has told, by any deleted one of its bot that is not known', async () => {
    const { clear, record, send, settle, write } = recording()
    const [ann, bob] = [replyTask({ login: 'ann' }), replyTask({ login: 'bob' })]
    await send(lineTo(bob), 'x1', bob)
    write(lineTo(ann))
    settle({ kind: 'sent', inDoubt: true }, ann)
    clear({ kind: 'message', id: toMessageId('y1'), login: 'ben' })
    clear({ kind: 'message', id: toMessageId('x1'), login: 'ava' })
    expect(record.lines.map(({ text }) => text)).toEqual(['hello', undefined])
    clear({ kind: 'message', id: toMessageId('y2'), login: 'ava' })
    expect(record.lines.map(({ text }) => text)).toEqual([undefined, undefined])
  })

  test('before the line that answers it was confirmed', async () => {
    const { clear, clock, record, send } = recording()
    const [ann, later] = [replyTask({ login: 'ann' }), replyTask({ login: 'ann', arrivedAtMs: 2000 })]
    await clock.advance(SECOND)
    clear({ kind: 'user', userId: ann.message.userId })
    await send(lineTo(ann), 'x1', ann)
    await send(lineTo(later), 'x2', later)
    expect(record.lines.map(({ text }) => text)).toEqual(['hello', undefined])
  })

  test('where nobody can say whom a line answers, by any clearing in its channel', async () => {
    const { clear, record, refuse, write } = recording()
    write(lineTo(replyTask({ login: 'ann' }), replyTask({ login: 'bob' })))
    refuse('made anew')
    clear({ kind: 'message', id: toMessageId('whichever') })
    expect(record.lines[0]).not.toHaveProperty('text')
  })

  test('of a viewer who has asked more than is kept, by any message of the channel', async () => {
    const { clear, record, send } = recording()
    const tasks = Array.from({ length: 101 }, () => replyTask({ login: 'ann' }))
    const [first] = tasks as [ReplyTask]
    await send(lineTo(first), 'x1', ...tasks)
    clear({ kind: 'message', id: tasks[100]?.message.id ?? first.message.id })
    expect(record.lines).toMatchObject([{ viewers: ['ann'] }])
    expect(record.lines[0]).not.toHaveProperty('text')
  })

  test('nor is a refused line of a reply that was withdrawn', () => {
    const { events, record, refuse, settle, write } = recording()
    const ann = replyTask({ login: 'ann' })
    events.emit('reply:ready', { task: ann, tookMs: 1 })
    write(lineTo(ann))
    refuse('taken back')
    settle({ kind: 'withdrawn', by: 'streamer', reason: 'skipped' }, ann)
    expect(record.lines.map(({ result, text }) => [result, text])).toEqual([
      ['withdrawn', undefined],
      ['refused', undefined],
    ])
  })
})
