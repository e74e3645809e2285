import { expect, test } from 'vitest'
import {
  type ChatText,
  type Raid,
  type ReplyTask,
  toBotLogin,
  toChannelName,
  toMessageId,
  toTaskId,
  toUserId,
} from '../src/domain.js'
import { ChorusError } from '../src/errors.js'
import { logEvents } from '../src/event-log.js'
import { ChorusEmitter } from '../src/events.js'
import { createLogger } from '../src/logger.js'
import { BacklogWatch } from '../src/queue/backlog-watch.js'
import { chatMessage } from './support/chat-message.js'

const bot = toBotLogin('stickyman1776')
const message = chatMessage('@stickyman1776 words of a viewer', { id: 'm1' })
const task: ReplyTask = { id: toTaskId(bot, message.id), bot, cause: 'mention', message, delayMs: 1000 }

/** Emits through a logger of `level` and returns the lines as data. */
function logged(level: 'debug' | 'info', emit: (events: ChorusEmitter) => void): Record<string, unknown>[] {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const events = new ChorusEmitter()
  logEvents(events, createLogger({ level, pretty: false, secrets: [], destination }))
  emit(events)
  return lines.map((line) => JSON.parse(line))
}

test('a line names its event, the ids and a constant message', () => {
  const [line] = logged('debug', (events) => events.emit('reply:accepted', { task }))
  expect(line).toMatchObject({
    event: 'reply:accepted',
    msg: 'reply accepted',
    task: 'stickyman1776/m1',
    bot: 'stickyman1776',
    channel: 'mychannel',
    cause: 'mention',
  })
})

test('a raid is logged by who came and how many, without the words about it', () => {
  const raid: Raid = {
    id: toMessageId('r1'),
    channel: toChannelName('mychannel'),
    from: { login: 'zed', displayName: 'Zed', userId: toUserId('7') },
    viewers: 12,
    isMirrored: true,
    systemMessage: '12 raiders from Zed have joined!',
    arrivedAtMs: 5,
  }
  const [line] = logged('debug', (events) => events.emit('chat:raided', raid))
  expect(line).toMatchObject({
    event: 'chat:raided',
    message: 'r1',
    from: 'zed',
    viewers: 12,
    isMirrored: true,
  })
  expect(JSON.stringify(line)).not.toContain('joined')
})

test('what viewers and bots say is in the log only at debug', () => {
  const emit = (events: ChorusEmitter) => {
    events.emit('message:received', { message })
    events.emit('message:decided', { message, decisions: [] })
    events.emit('reply:accepted', { task })
    events.emit('reply:started', { task, attempt: 1, waitedMs: 5 })
    events.emit('reply:settled', { task, outcome: { kind: 'sent' }, tookMs: 9 })
    const line = { channel: toChannelName('mychannel'), text: 'words of a bot' as ChatText }
    events.emit('line:written', { bot, line })
  }
  expect(JSON.stringify(logged('info', emit))).not.toContain('words of')
  const inDetail = JSON.stringify(logged('debug', emit))
  expect(inDetail).toContain('words of a viewer')
  expect(inDetail).toContain('words of a bot')
})

test('a raid of a hundred is a line for each reply that ends, and a few for all; so is what was left of it at the next start', () => {
  const lines = logged('info', (events) => {
    const backlog = new BacklogWatch(20, events)
    for (let size = 1; size <= 100; size++) {
      events.emit('reply:accepted', { task })
      backlog.update(size, 0)
    }
    for (let left = 99; left >= 40; left--) {
      events.emit('reply:settled', { task, outcome: { kind: 'sent' }, tookMs: 1 })
      backlog.update(left, 0)
    }
    for (let left = 40; left > 0; left--) events.emit('reply:restored', { task, ageMs: 9 })
    events.emit('journal:restored', { count: 40, ended: 0, absent: 0 })
  })
  expect(lines.filter(({ event }) => event !== 'reply:settled')).toMatchObject([
    { event: 'backlog:raised', size: 21 },
    { event: 'journal:restored', count: 40 },
  ])
  expect(lines).toHaveLength(62)
})

test('a reply that ends in another way than sent is a warning with its reason', () => {
  const lines = logged('info', (events) => {
    events.emit('reply:settled', { task, outcome: { kind: 'sent' }, tookMs: 1 })
    events.emit('reply:settled', {
      task,
      outcome: { kind: 'dead', code: 'model-empty', reason: 'spent' },
      tookMs: 1,
    })
  })
  expect(lines.map(({ level, outcome }) => [level, outcome])).toEqual([
    [30, 'sent'],
    [40, 'dead'],
  ])
  expect(lines[1]).toMatchObject({ reason: 'spent' })
})

test('a fault is logged with its error, whatever was thrown', () => {
  const lines = logged('info', (events) => {
    events.emit('model:failed', {
      model: 'm',
      error: new ChorusError('model-timeout', 'late'),
      tookMs: 20_000,
    })
    events.emit('error', { error: 'a string', where: 'chat' })
  })
  expect(lines[0]).toMatchObject({ event: 'model:failed', code: 'model-timeout', problem: 'late' })
  expect(lines[1]).toMatchObject({ event: 'error', where: 'chat', err: { message: 'a string' }, level: 50 })
})

test('a fault that was foreseen says what to do and has no stack; one that was not has it', () => {
  const unforeseen = new ChorusError('reply-failed', 'oops')
  const lines = logged('info', (events) => {
    events.emit('model:failed', {
      model: 'm',
      error: new ChorusError('model-unreachable', 'away'),
      tookMs: 1.5,
    })
    events.emit('reply:held', { task, error: unforeseen, inMs: 900.4 })
  })
  expect(lines[0]).toMatchObject({ advice: expect.stringContaining('OPENAI_BASE_URL'), tookMs: 2 })
  expect(lines[0]).not.toHaveProperty('err')
  expect(lines[1]).toMatchObject({ level: 40, inMs: 900, err: { stack: expect.stringContaining('oops') } })
})

test('dead letters that wait are a warning with what to do; that there are none any more is news', () => {
  const lines = logged('info', (events) => {
    events.emit('dead-letters:counted', { count: 2 })
    events.emit('dead-letters:counted', { count: 0 })
  })
  expect(lines).toMatchObject([
    { level: 40, count: 2, advice: expect.stringContaining('`chorus dead-letters`') },
    { level: 30, count: 0 },
  ])
  expect(lines[1]).not.toHaveProperty('advice')
})
