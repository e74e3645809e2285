import { expect, it } from 'vitest'
import { ReplayReport } from '../../src/commands/replay-report.js'
import { type Decision, toBotLogin } from '../../src/domain.js'
import { ChorusEmitter } from '../../src/events.js'
import { chatMessage } from '../support/chat-message.js'

it('a line whose chance reply came to nothing counts as drawn, too', () => {
  const events = new ChorusEmitter()
  const report = new ReplayReport(events)
  const decisions: Decision[] = [
    { kind: 'silence', reason: 'not-drawn', draw: 0.9 },
    { kind: 'silence', reason: 'yielded', draw: 0.1, bot: toBotLogin('ava'), waitMs: 6000 },
    { kind: 'silence', reason: 'token-limit', draw: 0.1 },
    { kind: 'silence', reason: 'command' },
  ]
  for (const decision of decisions) {
    const message = chatMessage('hm')
    report.expect({ id: message.id, isCopy: false })
    events.emit('message:decided', { message, decisions: [decision] })
  }
  const summary = { lines: 4, commands: new Map(), lengthMs: 0, peakPerSecond: 0, channels: [] }
  expect(report.format(summary as never, { speed: 1, breaches: 0 })).toContain(
    '2 of 3 eligible lines (66.7 %)',
  )
})
