import { describe, expect, test } from 'vitest'
import type { ChorusStatus } from '../../../src/chorus.js'
import { SECOND } from '../../../src/clock.js'
import { Overlay } from '../../../src/control-room/snapshot/overlay.js'
import {
  type BotLogin,
  type Outcome,
  type ReplyTask,
  toBotLogin,
  toChannelName,
  toMessageId,
  toUserId,
} from '../../../src/domain.js'
import { ChorusError } from '../../../src/errors.js'
import { ChorusEmitter } from '../../../src/events.js'
import { ManualClock } from '../../support/manual-clock.js'
import { replyTask } from '../../support/reply-task.js'

const CHANNEL = toChannelName('mychannel')

function overlaying() {
  const clock = new ManualClock()
  const events = new ChorusEmitter()
  const controls: { muted: { bot: BotLogin; reason: string }[] } = { muted: [] }
  const bots = ['ava', 'ben', ...Array.from({ length: 9 }, (_, n) => `bot${n}`)].map((bot) => ({
    ...{ bot: toBotLogin(bot), joined: [CHANNEL], rooms: [{ channel: CHANNEL, closedReason: '' }] },
  }))
  const status = () => ({ chat: { bots }, controls }) as unknown as ChorusStatus
  const overlay = new Overlay({ clock, events, status })
  const start = (task: ReplyTask) => events.emit('reply:started', { task, attempt: 1, waitedMs: 0 })
  const settle = (task: ReplyTask, outcome: Outcome) =>
    events.emit('reply:settled', { task, outcome, tookMs: 0 })
  const shown = () => overlay.answers().map(({ bot, viewers, isSaid }) => ({ bot, viewers, isSaid }))
  return { bots, clock, controls, events, overlay, shown, start, settle }
}

describe('the overlay', () => {
  test('shows one row per bot while it answers, and everybody whom it answers', () => {
    const { shown, start } = overlaying()
    for (const login of ['ann', 'bob']) start(replyTask({ login }))
    start(replyTask({ bot: 'ben', login: 'ann' }))
    expect(shown()).toEqual([
      { bot: 'ava', viewers: ['ann', 'bob'], isSaid: false },
      { bot: 'ben', viewers: ['ann'], isSaid: false },
    ])
  })

  test('then shows a line as said for some seconds, a joint one as one row', async () => {
    const { clock, shown, start, settle } = overlaying()
    const tasks = ['ann', 'bob'].map((login) => replyTask({ login }))
    for (const task of tasks) {
      start(task)
      settle(task, { kind: 'sent', id: toMessageId('line'), viewers: 2 })
    }
    expect(shown()).toEqual([{ bot: 'ava', viewers: ['ann', 'bob'], isSaid: true }])
    await clock.advance(5 * SECOND)
    expect(shown()).toHaveLength(1)
    await clock.advance(SECOND)
    expect(shown()).toEqual([])
  })

  test.each<Outcome>([
    { kind: 'sent', inDoubt: true },
    { kind: 'sent', heldByAutoMod: true },
    { kind: 'withdrawn', by: 'moderation', reason: 'cleared' },
    { kind: 'expired', reason: 'parked' },
    { kind: 'dead', code: 'x', reason: 'y' },
  ])('does not claim that somebody was answered who may not have been: %o', (outcome) => {
    const { shown, start, settle } = overlaying()
    const task = replyTask()
    start(task)
    settle(task, outcome)
    expect(shown()).toEqual([])
  })

  test('leaves out what is tried again later', () => {
    const { events, shown, start } = overlaying()
    const task = replyTask()
    start(task)
    events.emit('reply:held', { task, error: new ChorusError('model-timeout', 'late'), inMs: 1 })
    expect(shown()).toEqual([])
  })

  test('shows nobody any longer whom a moderator has sent away', () => {
    const { events, shown, start, settle } = overlaying()
    const tasks = ['ann', 'bob'].map((login) => replyTask({ login }))
    for (const task of tasks) {
      start(task)
      settle(task, { kind: 'sent', id: toMessageId('line'), viewers: 2 })
    }
    const [{ message }] = tasks as [ReplyTask]
    const clear = (userId: typeof message.userId) =>
      events.emit('chat:cleared', { clearing: { kind: 'user', channel: message.channel, userId } })
    clear(message.userId)
    expect(shown()).toEqual([{ bot: 'ava', viewers: ['bob'], isSaid: true }])
    clear(toUserId('u-bob'))
    expect(shown()).toEqual([])
  })

  test('does not claim that a bot answers which may not talk, until it may again', () => {
    const { bots, controls, shown, start } = overlaying()
    start(replyTask({ login: 'ann' }))
    const [ava] = bots
    if (!ava) throw new Error('there is no bot')
    const answering = [{ bot: 'ava', viewers: ['ann'], isSaid: false }]
    controls.muted.push({ bot: ava.bot, reason: 'x' })
    expect(shown()).toEqual([])
    controls.muted.pop()
    expect(shown()).toEqual(answering)
    const [room] = ava.rooms
    if (!room) throw new Error('it is in no room')
    room.closedReason = 'banned'
    expect(shown()).toEqual([])
    room.closedReason = ''
    expect(shown()).toEqual(answering)
    ava.joined.pop()
    expect(shown()).toEqual([])
  })

  test('names nobody who was sent away while the line was on its way', () => {
    const { events, shown, start, settle } = overlaying()
    const task = replyTask({ login: 'ann' })
    start(task)
    const { channel, userId } = task.message
    events.emit('chat:cleared', { clearing: { kind: 'user', channel, userId } })
    expect(shown()).toEqual([])
    settle(task, { kind: 'sent', id: toMessageId('line') })
    expect(shown()).toEqual([])
  })

  test('has few rows, whatever happens', () => {
    const { shown, start, settle } = overlaying()
    for (let n = 0; n < 500; n++) start(replyTask({ bot: `bot${n % 9}`, login: `viewer${n}` }))
    for (let n = 0; n < 500; n++) settle(replyTask({ login: `viewer${n}` }), { kind: 'sent' })
    expect(shown()).toHaveLength(5)
  })

  test('never tells what was asked', () => {
    const { overlay, start } = overlaying()
    start(replyTask({ text: '@ava my secret is 42' }))
    expect(JSON.stringify(overlay.answers())).not.toContain('42')
  })
})
