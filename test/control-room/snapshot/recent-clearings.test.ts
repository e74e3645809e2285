import { expect, test } from 'vitest'
import { RecentClearings } from '../../../src/control-room/snapshot/recent-clearings.js'
import { toChannelName } from '../../../src/domain.js'
import { chatMessage } from '../../support/chat-message.js'

const CHANNEL = toChannelName('mychannel')

test('a clearing covers what it means, in its channel, and nothing said since', () => {
  const clearings = new RecentClearings()
  const [deleted, banned] = [chatMessage('a', { login: 'ann' }), chatMessage('b', { login: 'bob' })]
  clearings.add({ kind: 'message', channel: CHANNEL, id: deleted.id }, 1000)
  clearings.add({ kind: 'user', channel: CHANNEL, userId: banned.userId }, 1000)
  const messages = [
    deleted,
    banned,
    { ...banned, channel: toChannelName('elsewhere') },
    chatMessage('c', { login: 'bob', arrivedAtMs: 1001 }),
    chatMessage('d', { login: 'ann' }),
  ]
  expect(messages.map((message) => clearings.covers(message))).toEqual([true, true, false, false, false])
})

test('a deleted message is covered though it is heard only later', () => {
  const clearings = new RecentClearings()
  const late = chatMessage('a', { arrivedAtMs: 2000 })
  clearings.add({ kind: 'message', channel: CHANNEL, id: late.id }, 1000)
  expect(clearings.covers(late)).toBe(true)
})

test('at most two hundred clearings are remembered: the oldest one is forgotten', () => {
  const clearings = new RecentClearings()
  const messages = Array.from({ length: 201 }, () => chatMessage('a'))
  for (const { id } of messages) clearings.add({ kind: 'message', channel: CHANNEL, id }, 0)
  expect(messages.filter((message) => clearings.covers(message))).toEqual(messages.slice(1))
})
