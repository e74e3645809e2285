import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { between, seededRandom } from '../../src/random.js'
import { parseTokenFile } from '../../src/tokens/token-file.js'
import { TokenStore } from '../../src/tokens/token-store.js'
import { settle } from '../support/manual-clock.js'
import { tempFolder } from '../support/temp-folder.js'
import { storedToken } from './stored-token.js'

const WRITER = fileURLToPath(new URL('store-writer.mjs', import.meta.url))

let dataDir: string
let store: TokenStore

beforeEach(() => {
  dataDir = path.join(tempFolder(), 'data')
  store = new TokenStore({ dataDir, clock: systemClock() })
})

const put = (login: string, token = storedToken(`${login}-token`)) => store.update(login, () => token)
const modeOf = (file: string) => statSync(file).mode & 0o777
const filesOf = () => readdirSync(dataDir).sort()

describe('a token store', () => {
  test('gives back what was stored, in whatever case the login is, also in the next process', async () => {
    await put('Ava')
    await put('bob')
    const next = new TokenStore({ dataDir, clock: systemClock() })
    expect(next.get('AVA')?.accessToken.reveal()).toBe('Ava-token')
    expect(next.get('bob')).toEqual(storedToken('bob-token'))
    expect(next.get('cat')).toBeUndefined()
  })

  test('makes the folder and the file for this user alone, and leaves nothing else behind', async () => {
    await put('ava')
    expect([modeOf(dataDir), modeOf(store.file)]).toEqual([0o700, 0o600])
    expect(filesOf()).toEqual(['tokens.json'])
  })

  test('makes nothing where there is nothing to store', async () => {
    expect(store.read()).toEqual({ tokens: new Map(), damage: undefined })
    expect(store.close()).toBe(false)
    expect(() => statSync(dataDir)).toThrow()
  })

  test('takes from others the right to read it, when it is closed and when it is written', async () => {
    await put('ava')
    chmodSync(store.file, 0o644)
    expect(store.close()).toBe(true)
    expect(modeOf(store.file)).toBe(0o600)
    expect(store.close()).toBe(false)
    chmodSync(store.file, 0o666)
    await put('bob')
    expect(modeOf(store.file)).toBe(0o600)
  })

  test('is not written when nothing is decided anew', async () => {
    await put('ava')
    const { ino } = statSync(store.file)
    await store.update('ava', (stored) => stored)
    expect(statSync(store.file).ino).toBe(ino)
  })

  test('forgets a bot', async () => {
    await put('ava')
    await store.update('ava', () => undefined)
    expect([...store.read().tokens]).toEqual([])
  })

  test('sees what another process has stored', async () => {
    expect(store.get('ava')).toBeUndefined()
    await new TokenStore({ dataDir, clock: systemClock() }).update('ava', () => storedToken('another'))
    expect(store.get('ava')?.accessToken.reveal()).toBe('another')
  })
})

describe('a damaged file', () => {
  test.each([
    ['no JSON', '{"version":1,"tok', 'it is no JSON object'],
    ['another version', '{"version":2,"tokens":{}}', 'it has another version than 1'],
    ['no tokens', '{"version":1}', 'it holds no tokens'],
    ['nothing', '', 'it is no JSON object'],
  ])(
    'with %s is told of, left alone by reading, and kept aside by the next write',
    async (_, text, damage) => {
      mkdirSync(dataDir)
      writeFileSync(store.file, text)
      expect(store.read()).toEqual({ tokens: new Map(), damage })
      expect(readFileSync(store.file, 'utf8')).toBe(text)
      await put('ava')
      expect(store.read().damage).toBeUndefined()
      const aside = filesOf().find((name) => name.startsWith('tokens.json.damaged-')) ?? ''
      expect(readFileSync(path.join(dataDir, aside), 'utf8')).toBe(text)
    },
  )

  test('keeps the tokens in it that are whole', async () => {
    await put('ava')
    await put('bob')
    const file = JSON.parse(readFileSync(store.file, 'utf8'))
    for (const broken of [7, null, {}, { ...file.tokens.ava, accessToken: 'two words' }]) {
      file.tokens.ava = broken
      writeFileSync(store.file, JSON.stringify(file))
      const { tokens, damage } = store.read()
      expect([...tokens.keys()]).toEqual(['bob'])
      expect(damage).toBe('1 of its 2 tokens can’t be read')
    }
    await put('cat')
    expect([...store.read().tokens.keys()].sort()).toEqual(['bob', 'cat'])
  })

  test('that is a folder is told of', () => {
    mkdirSync(store.file, { recursive: true })
    expect(store.read().damage).toContain('it can’t be read')
  })
})

describe('what can’t be written', () => {
  test('is an error that names the file and no token, and leaves the old one as it was', async () => {
    await put('ava')
    // A folder in the way of the temporary file: also root can’t write there.
    mkdirSync(`${store.file}.tmp/x`, { recursive: true })
    const error = await put('bob').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'tokens-unwritable' })
    expect(String(error)).toContain(store.file)
    expect(String(error)).not.toContain('bob-token')
    expect([...store.read().tokens.keys()]).toEqual(['ava'])
    expect(filesOf()).not.toContain('tokens.json.lock')
  })

  test('is an error, too, where the folder can’t be made', async () => {
    writeFileSync(dataDir, 'a file')
    await expect(put('ava')).rejects.toMatchObject({ code: 'tokens-unwritable' })
  })
})

/** Starts a process that writes as soon as it is told to `go`; it tells of every write in a line. */
function startWriter(login: string, times: number) {
  const child = spawn(process.execPath, [WRITER, dataDir, login, String(times)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const ready = once(lines, 'line')
  return { child, lines, ready, go: () => child.stdin.write('go\n'), closed: once(child, 'close') }
}

describe('processes that write at once', () => {
  test('lose nothing of each other', async () => {
    const writers = ['ava', 'bob', 'cat'].map((login) => startWriter(login, 20))
    await Promise.all(writers.map(({ ready }) => ready))
    for (const { go } of writers) go()
    expect(await Promise.all(writers.map(({ closed }) => closed))).toEqual([
      [0, null],
      [0, null],
      [0, null],
    ])
    expect(store.get('shared')?.userId).toBe('60')
    for (const login of ['ava', 'bob', 'cat'])
      expect(store.get(login)?.accessToken.reveal()).toBe(`${login}-20`)
    expect(filesOf()).toEqual(['tokens.json'])
  })

  test('never show a reader anything but a whole file', async () => {
    await put('bob')
    const { ready, go, closed } = startWriter('ava', 100)
    await ready
    go()
    let isOver = false
    void closed.then(() => {
      isOver = true
    })
    let reads = 0
    for (; !isOver; reads++) {
      const { tokens, damage } = parseTokenFile(readFileSync(store.file, 'utf8'))
      expect([damage, tokens.has('bob')]).toEqual([undefined, true])
      if (reads % 20 === 0) await settle()
    }
    expect(reads).toBeGreaterThan(200)
  })

  test('may be killed at any moment: the file is whole, and the next one is not held up', async () => {
    const random = seededRandom(71)
    let count = 0
    for (let round = 0; round < 8; round++) {
      const { child, lines, ready, go, closed } = startWriter('ava', 10_000)
      await ready
      go()
      let left = Math.floor(between(random, [1, 12]))
      for await (const _ of lines) if (--left === 0) break
      child.kill('SIGKILL')
      await closed
      const { tokens, damage } = store.read()
      expect(damage).toBeUndefined()
      const now = Number(tokens.get('shared')?.userId)
      expect(now).toBeGreaterThan(count)
      count = now
    }
    await put('bob')
    expect(filesOf()).toEqual(['tokens.json'])
    expect([...store.read().tokens.keys()].sort()).toEqual(['ava', 'bob', 'shared'])
  })
})
