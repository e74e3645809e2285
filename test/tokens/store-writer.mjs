import { systemClock } from '../../dist/clock.js'
import { Secret } from '../../dist/secret.js'
import { TokenStore } from '../../dist/tokens/token-store.js'

/**
 * A process that writes the token of its bot `times` times, and for each bot in `others` adds one hash to what is
 * stored: whoever overwrites somebody else's write is found out by the count.
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

for (let n = 1; n <= Number(times); n++) {
  await store.update(login, () => stored(`${login}-${n}`, []))
  await store.update('shared', (before) => {
    const count = Number(before?.userId ?? 0) + 1
    return { ...stored(`shared-${count}`, []), userId: String(count) }
  })
  process.stdout.write(`${n}\n`)
}
