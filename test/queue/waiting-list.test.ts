import { expect, it } from 'vitest'
import { toBotLogin } from '../../src/domain.js'
import { Ledger } from '../../src/queue/ledger.js'
import { NO_HEAD_START, WaitingList } from '../../src/queue/waiting-list.js'
import { replyTask } from '../support/reply-task.js'

const anywhere = () => true

it('keeps nothing of what got its outcome while a blocked bot takes nothing out', () => {
  const ledger = new Ledger([toBotLogin('ava')])
  const waiting = new WaitingList({ keyOf: ({ task }) => task.id, headStart: NO_HEAD_START })
  for (let i = 0; i < 1000; i++) {
    const entry = ledger.open(replyTask({ arrivedAtMs: i }))
    if (!entry) throw new Error('accepted twice')
    waiting.add(entry)
    ledger.close(entry)
    waiting.remove(entry)
  }
  expect(waiting.countStartable(anywhere, 1000)).toBe(0)
})
