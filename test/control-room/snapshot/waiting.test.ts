import { expect, test } from 'vitest'
import { toWaiting } from '../../../src/control-room/snapshot/waiting.js'
import { replyTask } from '../../support/reply-task.js'

test('a reply that waits is told with who asks, what, and when', () => {
  const task = replyTask({ login: 'ann', text: '@ava <b>hi</b>', arrivedAtMs: -300 })
  const waiting = toWaiting({ owed: [{ task, state: 'held' }], count: 12 }, (atMs) => atMs + 5000)
  expect(waiting).toEqual({
    replies: [
      {
        ...{ id: task.id, bot: 'ava', channel: 'mychannel', viewer: 'ann' },
        ...{ text: '@ava <b>hi</b>', cause: 'mention', state: 'held', askedAtMs: 4700 },
      },
    ],
    count: 12,
  })
})

test('of a queue that can’t count, those that are shown are all', () => {
  const owed = [{ task: replyTask(), state: 'waiting' as const }]
  expect(toWaiting({ owed, count: 0 }, (atMs) => atMs).count).toBe(1)
})
