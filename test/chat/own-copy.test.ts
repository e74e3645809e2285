import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { fromTmi } from '../../src/chat/from-tmi.js'
import { ownCopy } from '../../src/chat/own-copy.js'

const FRAMES = 100
const FRAME_UNITS = 200_000

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

describe('ownCopy', () => {
  it.each(['', 'short', 'twelve units', 'thirteen unit', 'ein längerer Text 🙂 in vielen Zeichen'])(
    'says the same: %j',
    (text) => {
      expect(ownCopy(text)).toBe(text)
    },
  )

  it('lets a message go on without the frame it was cut from', () => {
    const before = heapUsed()
    const messages = Array.from({ length: FRAMES }, (_, number) => messageFrom(frame(number)))
    const grown = heapUsed() - before
    expect(messages).toHaveLength(FRAMES)
    expect(grown).toBeLessThan((FRAMES * FRAME_UNITS) / 2)
  })
})

function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** A string in one piece, as a socket gives it. */
function frame(number: number): string {
  return Buffer.alloc(FRAME_UNITS, `${number} some text of a long frame `).toString()
}

function messageFrom(text: string) {
  const piece = (start: number) => text.slice(start, start + 40)
  const tags = {
    id: piece(0),
    username: piece(100),
    'display-name': piece(200),
    'reply-parent-msg-id': piece(300),
    'reply-parent-user-login': piece(400),
  }
  return fromTmi(piece(500), tags, piece(600), false, 0)
}
