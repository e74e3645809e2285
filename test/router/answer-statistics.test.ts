import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import type { Outcome } from '../../src/domain.js'
import { ChorusEmitter } from '../../src/events.js'
import { AnswerStatistics } from '../../src/router/answer-statistics.js'
import { ManualClock } from '../support/manual-clock.js'
import { replyTask } from '../support/reply-task.js'

function statistics() {
  const [clock, events] = [new ManualClock(), new ChorusEmitter()]
  const statistics = new AnswerStatistics({ clock, events })
  const settle = (outcome: Outcome, tookMs = 0, cause: 'mention' | 'chance' = 'mention') =>
    events.emit('reply:settled', { task: replyTask({ cause }), outcome, tookMs })
  return { clock, events, settle, status: () => statistics.status() }
}

describe('the statistics of answers', () => {
  it('count every outcome once, and what is special about those that were sent beside it', () => {
    const { settle, status } = statistics()
    settle({ kind: 'sent' })
    settle({ kind: 'sent', viewers: 3 })
    settle({ kind: 'sent', inDoubt: true })
    settle({ kind: 'sent', heldByAutoMod: true })
    settle({ kind: 'withdrawn', by: 'streamer', reason: 'skip' })
    settle({ kind: 'expired', reason: 'late' })
    settle({ kind: 'dead', code: 'model-empty', reason: 'nothing' })
    expect(status().outcomes).toEqual({
      sent: 4,
      joint: 1,
      inDoubt: 1,
      heldByAutoMod: 1,
      withdrawn: 1,
      expired: 1,
      dead: 1,
    })
  })

  it('count replies by their cause and silence by its reason', () => {
    const { events, status } = statistics()
    const { bot, delayMs, id, message } = replyTask()
    const decisions = [
      { kind: 'reply', task: id, bot, cause: 'mention', delayMs },
      { kind: 'reply', task: id, bot, cause: 'chance', delayMs, draw: 0.1 },
    ] as const
    events.emit('message:decided', { message, decisions })
    events.emit('message:decided', {
      message,
      decisions: [{ kind: 'silence', reason: 'not-drawn', draw: 1 }],
    })
    expect(status().decisions).toEqual({ mention: 1, chance: 1, 'not-drawn': 1 })
  })

  it('take the seconds to answer from the newest thousand mentions that were answered', () => {
    const { settle, status } = statistics()
    expect(status().answerSeconds).toBeUndefined()
    for (let at = 0; at < 1000; at++) settle({ kind: 'sent' }, MINUTE)
    for (let at = 1; at <= 1000; at++) settle({ kind: 'sent' }, at * 10)
    settle({ kind: 'sent' }, MINUTE, 'chance')
    settle({ kind: 'dead', code: 'model-empty', reason: 'nothing' }, MINUTE)
    expect(status().answerSeconds).toEqual({ p50: 5, p95: 9.5 })
  })

  it('tell what happened within the last minute, and forget what is longer ago', async () => {
    const { clock, events, settle, status } = statistics()
    for (let second = 0; second < 90; second++) {
      events.emit('reply:accepted', { task: replyTask() })
      if (second >= 60) settle({ kind: 'sent' })
      await clock.advance(SECOND)
    }
    expect(status().perMinute).toEqual({ accepted: 59, answered: 30, lines: 0 })
    await clock.advance(10 * MINUTE)
    expect(status().perMinute).toEqual({ accepted: 0, answered: 0, lines: 0 })
  })
})
