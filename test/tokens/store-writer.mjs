import { once } from 'node:events'
import { systemClock } from '../../dist/clock.js'
import { Secret } from '../../dist/secret.js'
import { TokenStore } from '../../dist/tokens/token-store.js'

/**
 * A process that says that it is there, waits for a word on stdin, and then writes: the token of its bot `times` times,
 * and as often one more than it finds to a count that all such processes share.
 */
const [dataDir = '', login = '', times = '0'] = process.argv.slice(2)
const store = new TokenStore({ dataDir, clock: systemClock() })

/** @param {string} token @param {readonly string[]} lineage */
const stored = (token, lineage) => ({
  accessToken: new Secret(token),
  refreshToken: new Secret(`refresh-${token}`),
  endsAtMs: 1,
  scopes: ['chat:read'],
  userId: '1',
  clientId: 'client',
  lineage,
})

process.stdout.write('ready\n')
await once(process.stdin, 'data')
process.stdin.destroy()
for (let n = 1; n <= Number(times); n++) {
  await store.update(login, () => stored(`${login}-${n}`, []))
  await store.update('shared', (before) => {
    const count = Number(before?.userId ?? 0) + 1
    return { ...stored(`shared-${count}`, []), userId: String(count) }
  })
  process.stdout.write(`${n}\n`)
}
