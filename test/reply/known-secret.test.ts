import { describe, expect, it } from 'vitest'
import { holdsKnownSecret } from '../../src/reply/known-secret.js'

const SECRETS = ['zz-Local-Key-4711', 'ollama']

describe('holdsKnownSecret', () => {
  it.each(['my key: zz-local-key-4711!', 'ZZ-LOCAL-KEY-4711', 'zz-loc al-key -4711 ok'])(
    'finds it in %j',
    (line) => {
      expect(holdsKnownSecret(line, SECRETS)).toBe(true)
    },
  )

  it.each(['ollama runs on my machine', 'zz-local-key', ''])('lets %j through', (line) => {
    expect(holdsKnownSecret(line, SECRETS)).toBe(false)
  })
})
