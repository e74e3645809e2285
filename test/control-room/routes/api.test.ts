import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { apiRoutes } from '../../../src/control-room/routes/api-routes.js'
import { deadLetterRoutes } from '../../../src/control-room/routes/dead-letter-routes.js'
import { demoRoutes } from '../../../src/control-room/routes/demo-routes.js'
import { tryRoute } from '../../../src/control-room/routes/try-route.js'
import { choruses, type Fixture, type FixtureOptions } from '../../integration/chorus-fixture.js'
import { AT_ONCE, ask as askBot, outcomeOf } from '../../integration/questions.js'
import { tempFolder } from '../../support/temp-folder.js'
import { ask, BEARER, idleChorus, post, rooms, TOKEN } from '../room-fixture.js'
import { FakeDesk } from './fake-desk.js'

const start = choruses()
const open = rooms()

/** A Chorus in chat with one bot, and its control room. */
async function controlled(options: FixtureOptions = {}) {
  const fixture = await start({ ...AT_ONCE, bots: ['ava'], ...options })
  const stopChorus = vi.fn()
  const { url } = await open({ chorus: fixture.chorus, clock: fixture.clock, stopChorus })
  const get = async (path: string) => (await ask(`${url}${path}`, { headers: BEARER })).data
  return { fixture, url, get, stopChorus }
}

/** As many questions as ava can work on at once, and one more; a model that never answers. */
async function withWaiting(fixture: Fixture): Promise<string> {
  fixture.model.always({ kind: 'hang' })
  for (const viewer of ['ann', 'ben']) askBot(fixture, { viewer })
  await fixture.record.until((told) => told.of('reply:started').length === 2)
  const question = askBot(fixture, { viewer: 'cat', text: 'and <b>me</b>?' })
  await fixture.record.until((told) => told.of('reply:accepted').length === 3)
  return question
}

describe('/api/status', () => {
  test('is what chorus.getStatus() tells', async () => {
    const { fixture, get } = await controlled()
    await outcomeOf(fixture, askBot(fixture))
    expect(await get('api/status')).toMatchObject({
      state: 'running',
      outcomes: { sent: 1 },
      controls: { isCalm: false, muted: [] },
      chat: { joined: ['ava'] },
    })
  })
})

describe('the controls', () => {
  test('turn calm on and off', async () => {
    const { fixture, url } = await controlled()
    for (const on of [true, false]) {
      expect(await post(`${url}api/calm`, { on })).toMatchObject({
        status: 200,
        data: { controls: { isCalm: on } },
      })
      expect(fixture.chorus.router.controls.isCalm).toBe(on)
    }
  })

  test('pause chance replies', async () => {
    const { fixture, url } = await controlled()
    for (const on of [true, false]) {
      await post(`${url}api/pause-chance`, { on })
      expect(fixture.chorus.router.controls.isChancePaused).toBe(on)
    }
  })

  test('mute a bot, for some minutes or for good: it says nothing until it is unmuted', async () => {
    const { fixture, url } = await controlled()
    const muted = await post(`${url}api/mute`, { bot: 'AVA', minutes: 10 })
    expect(muted.data).toMatchObject({ controls: { muted: [{ bot: 'ava', leftMs: expect.any(Number) }] } })
    await post(`${url}api/mute`, { bot: 'ava' })
    expect(fixture.chorus.router.controls.muted[0]).not.toHaveProperty('leftMs')
    const { data } = await ask(`${url}api/status`, { headers: BEARER })
    expect(data).toMatchObject({
      lanes: { ava: { expectedMs: null, doneMs: 0, blockedReason: 'It is muted until it is unmuted.' } },
    })
    const question = askBot(fixture)
    await fixture.record.until((told) => told.of('reply:accepted').length === 1)
    expect(fixture.chorus.getStatus().queue.global).toEqual({ size: 1, pending: 0 })
    await post(`${url}api/unmute`, { bot: 'ava' })
    expect(await outcomeOf(fixture, question)).toMatchObject({ kind: 'sent' })
  })

  test.each([
    ['calm', {}],
    ['calm', { on: 'true' }],
    ['calm', { on: 1 }],
    ['calm', { on: true, more: 1 }],
    ['calm', []],
    ['calm', '{"on":'],
    ['calm', '{"on":true,"__proto__":{}}'],
    ['mute', {}],
    ['mute', { bot: 'ava', minutes: 0 }],
    ['mute', { bot: 'ava', minutes: -1 }],
    ['mute', { bot: 'ava', minutes: 1e9 }],
    ['mute', { bot: 'ava', minutes: '10' }],
    ['mute', { bot: 'a'.repeat(400) }],
    ['skip', { ids: [] }],
    ['skip', { ids: [1] }],
    ['dead-letters/redrive', {}],
    ['dead-letters/redrive', { all: false }],
    ['dead-letters/redrive', { all: true, ids: ['a'] }],
    ['stop', ''],
  ])('refuse what is no request: %s %j', async (what, body) => {
    const stopChorus = vi.fn()
    const { url } = await open({ stopChorus })
    expect(await post(`${url}api/${what}`, body)).toMatchObject({
      status: 400,
      data: { error: 'bad-request', message: expect.any(String), advice: expect.stringContaining('docs/') },
    })
    expect(stopChorus).not.toHaveBeenCalled()
  })

  test('know no bot that is none of ours, and name those that are', async () => {
    const { url } = await open()
    for (const what of ['mute', 'unmute'])
      expect(await post(`${url}api/${what}`, { bot: 'bob' })).toMatchObject({
        status: 404,
        data: { error: 'no-bot', advice: 'There are ava.' },
      })
  })

  test('take a body of 32 KB and no more', async () => {
    const { url } = await open()
    const padded = (length: number) => `{"on":true${' '.repeat(length - 11)}}`
    expect((await post(`${url}api/calm`, padded(32 * 1024))).status).toBe(200)
    expect(await post(`${url}api/calm`, padded(32 * 1024 + 1))).toMatchObject({
      status: 413,
      data: { error: 'bad-request' },
    })
  })

  test('take JSON alone: what a page of another origin can send unasked is none', async () => {
    const { url } = await open()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const headers = { ...BEARER, 'content-type': type }
      expect(await ask(`${url}api/calm`, { method: 'POST', headers, body: '{"on":true}' })).toMatchObject({
        status: 415,
      })
    }
  })
})

describe('/api/replies', () => {
  test('lists what is owed, the oldest first, and /api/skip has one never said', async () => {
    const { fixture, get, url } = await controlled()
    const question = await withWaiting(fixture)
    const { replies } = (await get('api/replies')) as { replies: { viewer: string; id: string }[] }
    expect(replies.map(({ viewer }) => viewer)).toEqual(['ann', 'ben', 'cat'])
    expect(replies[2]).toMatchObject({
      ...{ id: `ava/${question}`, bot: 'ava', channel: 'mychannel', cause: 'mention', state: 'waiting' },
      text: expect.stringContaining('<b>me</b>'),
      ageMs: expect.any(Number),
    })
    expect(await post(`${url}api/skip`, { ids: [`ava/${question}`, 'ava/none'] })).toMatchObject({
      status: 200,
      data: { changed: [`ava/${question}`], unknown: ['ava/none'] },
    })
    expect(await outcomeOf(fixture, question)).toEqual({
      kind: 'withdrawn',
      by: 'streamer',
      reason: 'skipped',
    })
    expect(((await get('api/replies')) as { replies: unknown[] }).replies).toHaveLength(2)
  })

  test('skips what is being worked on, too', async () => {
    const { fixture, url } = await controlled()
    fixture.model.always({ kind: 'hang' })
    const question = askBot(fixture)
    await fixture.record.until((told) => told.of('reply:started').length === 1)
    await post(`${url}api/skip`, { ids: [`ava/${question}`] })
    expect(await outcomeOf(fixture, question)).toMatchObject({ kind: 'withdrawn', by: 'streamer' })
    expect(fixture.chorus.getStatus().queue.global).toEqual({ size: 0, pending: 0 })
  })
})

test('/api/stop asks for the graceful stop, and is answered at once', async () => {
  const { stopChorus, url } = await controlled()
  expect(await post(`${url}api/stop`, {})).toMatchObject({ status: 202, data: { status: 'stopping' } })
  expect(stopChorus).toHaveBeenCalledOnce()
})

describe('dead letters', () => {
  let dataDir: string
  beforeEach(() => {
    dataDir = tempFolder()
  })

  /** Two of them, and a model that is well again. */
  async function withDeadLetters() {
    const config = { ...AT_ONCE.config, retry: { attempts: 1 } }
    const world = await controlled({ config, dataDir })
    world.fixture.model.script({ kind: 'bad-json' }, { kind: 'bad-json' })
    const questions = ['ann', 'ben'].map((viewer) => askBot(world.fixture, { viewer }))
    for (const question of questions)
      expect(await outcomeOf(world.fixture, question)).toMatchObject({ kind: 'dead' })
    await world.fixture.record.until((told) => told.of('dead-letters:counted').at(-1)?.count === 2)
    return { ...world, ids: questions.map((question) => `ava/${question}`) }
  }

  test('are listed, and one is redriven: it is answered', async () => {
    const { fixture, get, ids, url } = await withDeadLetters()
    const listed = (await get('api/dead-letters')) as { count: number; deadLetters: { id: string }[] }
    expect([listed.count, listed.deadLetters.map(({ id }) => id).sort()]).toEqual([2, [...ids].sort()])
    const { data } = await post(`${url}api/dead-letters/redrive`, { ids: [ids[0], 'ava/none'] })
    expect(data).toEqual({ changed: [ids[0]], unknown: ['ava/none'] })
    await fixture.record.until((told) => told.of('reply:settled').length === 3)
    expect(fixture.record.of('reply:settled').at(-1)?.outcome).toMatchObject({ kind: 'sent' })
    expect(await get('api/dead-letters')).toMatchObject({ count: 1 })
  })

  test('are all redriven at once', async () => {
    const { fixture, ids, url } = await withDeadLetters()
    const { data } = await post(`${url}api/dead-letters/redrive`, { all: true })
    expect((data as { changed: string[] }).changed.sort()).toEqual([...ids].sort())
    await fixture.record.until((told) => told.of('reply:settled').length === 4)
  })

  test('are discarded, one and all', async () => {
    const { get, ids, url } = await withDeadLetters()
    await post(`${url}api/dead-letters/discard`, { ids: [ids[1]] })
    expect(await get('api/dead-letters')).toMatchObject({ count: 1, deadLetters: [{ id: ids[0] }] })
    await post(`${url}api/dead-letters/discard`, { all: true })
    expect(await get('api/dead-letters')).toEqual({ count: 0, deadLetters: [] })
  })

  test('are none where nothing is kept', async () => {
    const { get, url } = await controlled()
    expect(await get('api/dead-letters')).toEqual({ count: 0, deadLetters: [] })
    expect(await post(`${url}api/dead-letters/redrive`, { all: true })).toMatchObject({
      status: 409,
      data: { error: 'no-data-folder' },
    })
  })
})

describe('every route below /api', async () => {
  const chorus = await idleChorus()
  const routes = [
    ...apiRoutes({ chorus, stop: () => {}, now: () => 0 }),
    ...deadLetterRoutes(chorus),
    ...demoRoutes({ desk: new FakeDesk(), bots: chorus.bots, isRunning: () => true }),
    tryRoute(chorus),
    { method: 'GET', path: '/api/events' },
  ]

  test.each(routes)('$method $path needs the token, and a request of our own', async ({ method, path }) => {
    const { url } = await open({ demo: new FakeDesk() })
    const to = new URL(path, url).href
    const { host, origin, port } = new URL(url)
    const own = { method, headers: { origin } }
    expect(await ask(to, own)).toMatchObject({ status: 401, data: { error: 'no-token' } })
    const cookie = `chorus_${port}=${TOKEN}`
    const foreign = [
      { cookie, origin: 'http://evil.example' },
      { cookie, origin: 'null' },
      { cookie, host: `evil.example:${port}` },
      { cookie, host, origin: `http://evil.example:${port}` },
      ...(method === 'POST' ? [{ cookie }] : []),
    ]
    for (const headers of foreign) expect(await ask(to, { method, headers })).toMatchObject({ status: 403 })
  })

  test('stands in docs/control-room.md, and no others do', () => {
    const text = readFileSync('docs/control-room.md', 'utf8')
    const told = [...text.matchAll(/^\| `(GET|POST) (\/api\/[\w/-]+)` \|/gm)].map(([, ...each]) =>
      each.join(' '),
    )
    expect(told.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort())
  })
})
