import { expect, test } from 'vitest'
import { KnownSecrets } from '../src/known-secrets.js'
import { createLogger } from '../src/logger.js'
import { maskSecrets } from '../src/mask-secrets.js'
import { holdsKnownSecret } from '../src/reply/known-secret.js'

const FIRST = 'abcdefghij0123456789klmnopqrst'
const LATER = 'zyxwvutsrq9876543210ponmlkjihg'

test('a secret that becomes known while the log is written is masked from then on, in every form', () => {
  const lines: string[] = []
  const secrets = new KnownSecrets([FIRST])
  const destination = { write: (line: string) => void lines.push(line) }
  const logger = createLogger({ level: 'info', pretty: false, secrets, destination })
  secrets.add(LATER)
  logger.info({ note: `${FIRST} and ${LATER}`, header: Buffer.from(LATER).toString('base64') }, LATER)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    note: '[secret] and [secret]',
    header: '[secret]',
    msg: '[secret]',
  })
})

test('a line with a secret that became known later is refused', () => {
  const secrets = new KnownSecrets([FIRST])
  expect(holdsKnownSecret(`it is ${LATER}`, secrets)).toBe(false)
  secrets.add(LATER)
  expect(holdsKnownSecret(`it is ${LATER}`, secrets)).toBe(true)
})

test('of the secrets that were added, the one longest not added again is forgotten; those given never are', () => {
  const secrets = new KnownSecrets([FIRST])
  secrets.add(LATER)
  for (let n = 0; n < 499; n++) secrets.add(`token number ${n}`)
  secrets.add(LATER)
  secrets.add('one too many')
  const mask = maskSecrets(secrets)
  expect(mask(`${FIRST} ${LATER} token number 0`)).toBe('[secret] [secret] token number 0')
  expect([...secrets]).toHaveLength(501)
})

test('one that is kept is never forgotten, however many are added', () => {
  const secrets = new KnownSecrets()
  const mask = maskSecrets(secrets)
  secrets.keep(LATER)
  for (let n = 0; n < 600; n++) secrets.add(`token number ${n}`)
  expect(mask(LATER)).toBe('[secret]')
})

test('adding what is known changes nothing that was prepared', () => {
  const secrets = new KnownSecrets([FIRST])
  secrets.add(LATER)
  const { version } = secrets
  for (const known of [FIRST, LATER, '']) secrets.add(known)
  expect(secrets.version).toBe(version)
})

test('secrets do not show themselves when they are printed', () => {
  expect(JSON.stringify({ secrets: new KnownSecrets([FIRST]) })).not.toContain(FIRST)
})
