import { createServer, request } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { toBots } from '../../../src/config-schema.js'
import { tryRoute } from '../../../src/control-room/routes/try-route.js'
import { ControlToken } from '../../../src/control-room/web/control-token.js'
import { Door } from '../../../src/control-room/web/door.js'
import { Guard } from '../../../src/control-room/web/guard.js'
import { listen } from '../../../src/control-room/web/listen.js'
import { type AnsweredRoute, json } from '../../../src/control-room/web/route.js'
import { WebApp } from '../../../src/control-room/web/web-app.js'
import { Secret } from '../../../src/secret.js'
import type { TriedLine } from '../../../src/try-out.js'
import { choruses, type Fixture, type FixtureOptions } from '../../integration/chorus-fixture.js'
import { AT_ONCE, ask as askBot, outcomeOf } from '../../integration/questions.js'
import { dataFolders, query } from '../../journal/journal-fixture.js'
import { soon } from '../../support/soon.js'
import { ask, BEARER, post, rooms, TOKEN } from '../room-fixture.js'

/**
 * Goal: a streamer sees over HTTP what a bot would say, and nothing else in Chorus notices. Method: the whole of Chorus in chat on
 * real sockets, its control room beside it; everything that it tells, keeps and counts is compared with before.
 */
const start = choruses()
const open = rooms()
const folder = dataFolders()

const LINE = { bot: 'ava', text: 'do you like pizza?' }
const HANG = { kind: 'hang' } as const

/** A Chorus in chat with one bot, its control room, and a way to try a line there. */
async function onTrial(options: FixtureOptions = {}) {
  const fixture = await start({ ...AT_ONCE, bots: ['ava'], ...options })
  const room = await open({ chorus: fixture.chorus, clock: fixture.clock })
  const attempt = (body: object = LINE) => post(`${room.url}api/try`, body)
  return { ...fixture, started: fixture, attempt, room }
}

/** What the model was asked last. */
function promptOf({ records }: Fixture['model']): string {
  return JSON.stringify(records.findLast(({ path }) => path.endsWith('/chat/completions'))?.body)
}

/** Asks for a line, and leaves when told. */
function leaver(url: string) {
  const headers = { ...BEARER, 'content-type': 'application/json' }
  const sent = request(`${url}api/try`, { method: 'POST', headers, agent: false })
  const left = new Promise<void>((resolve) => sent.on('error', () => resolve()))
  sent.end(JSON.stringify(LINE))
  return {
    leave: async () => {
      sent.destroy(new Error('gone'))
      await left
    },
  }
}

test('what a bot would say is answered, and nothing of it is sent, kept or counted but the tokens', async () => {
  const { attempt, chorus, model, record, started, twitch } = await onTrial({ dataDir: folder.current })
  await outcomeOf(started, askBot(started))
  const statusNow = () => {
    const { outcomes, queue } = chorus.getStatus()
    const sent = twitch.ledger.attempts().length
    return { outcomes, queue, controls: chorus.router.controls, sent, owed: chorus.router.owed(9) }
  }
  const [before, tokens] = [statusNow(), chorus.modelStatus().tokens.tokens]
  const told = new Map<string, number>()
  record.watch((event) => told.set(event, (told.get(event) ?? 0) + 1))
  model.script({ kind: 'say', text: '/' }, { kind: 'say', text: 'only with <b>pineapple</b>' })
  const tried = await attempt({ ...LINE, persona: 'A baker.', viewer: 'Dana' })
  expect(tried).toMatchObject({ status: 200, headers: { 'content-type': expect.stringContaining('json') } })
  expect(tried.data).toEqual({
    text: expect.stringContaining('pineapple'),
    by: 'model',
    filtered: ['empty'],
    tookMs: expect.any(Number),
  })
  expect(statusNow()).toEqual(before)
  expect([...told.keys()]).toEqual(['model:answered'])
  expect(chorus.modelStatus().tokens.tokens).toBeGreaterThan(tokens)

  const { text } = tried.data as { text: string }
  await outcomeOf(started, askBot(started, { viewer: 'ben' }))
  const asked = promptOf(model)
  expect(asked).toContain('ben')
  expect(asked).not.toMatch(/pineapple|pizza|A baker/)
  await chorus.stop()
  const kept = ['open_reply', 'settled_reply', 'chat_line'].map((table) =>
    JSON.stringify(query(folder.current, `SELECT * FROM ${table}`)),
  )
  expect(kept.join()).toContain('ben')
  for (const word of [text, LINE.text, 'Dana', 'try-out']) expect(kept.join()).not.toContain(word)
})

test('a bot that is muted can be tried, too', async () => {
  const { attempt, chorus } = await onTrial()
  chorus.router.mute('ava')
  expect(await attempt({ ...LINE, bot: 'AVA' })).toMatchObject({ status: 200, data: { by: 'model' } })
})

describe('a request that can’t be tried', () => {
  test('for a bot that is none of ours is told which there are', async () => {
    const { url } = await open()
    expect(await post(`${url}api/try`, { ...LINE, bot: 'bob' })).toMatchObject({
      status: 404,
      data: { error: 'no-bot', advice: 'There are ava.' },
    })
  })

  test.each([
    ['no text', { bot: 'ava' }],
    ['a text that is none', { ...LINE, text: 1 }],
    ['something more', { ...LINE, send: true }],
    ['an empty line', { ...LINE, text: ' ' }],
    ['a line that nobody can see', { ...LINE, text: '\u200b\u2060' }],
    ['two lines', { ...LINE, text: 'hi\r\nthere' }],
    ['a line that is too long', { ...LINE, text: 'x'.repeat(501) }],
    ['a persona that is too long', { ...LINE, persona: 'x'.repeat(4001) }],
    ['a persona that is none', { ...LINE, persona: null }],
    ['a viewer who is none', { ...LINE, viewer: '@everyone' }],
  ])('is told so: %s', async (_, body) => {
    const { url } = await open()
    expect(await post(`${url}api/try`, body)).toMatchObject({
      status: 400,
      data: { error: 'bad-request', advice: expect.stringContaining('docs/') },
    })
  })
})

test('the longest persona and line that the rules allow fit into a body', async () => {
  const { attempt, model } = await onTrial()
  expect(await attempt({ ...LINE, persona: '語'.repeat(4000), text: '話'.repeat(500) })).toMatchObject({
    status: 200,
  })
  expect(promptOf(model)).toContain('語'.repeat(4000))
})

describe('while a line is being tried', () => {
  test('no second one is; afterwards one is, however the first has ended', async () => {
    const { attempt, model, room } = await onTrial()
    model.always(HANG)
    const first = leaver(room.url)
    await model.until(() => model.inFlight === 1, soon())
    expect(await attempt()).toMatchObject({
      status: 429,
      data: { error: 'busy-trying', message: expect.any(String), advice: expect.stringContaining('Wait') },
    })
    expect(model.inFlight).toBe(1)
    model.heal()
    await first.leave()
    await model.until(() => model.inFlight === 0, soon())
    expect(await attempt()).toMatchObject({ status: 200 })
    model.script({ kind: 'server-error' })
    expect(await attempt()).toMatchObject({ status: 503 })
    expect(await attempt()).toMatchObject({ status: 200 })
  })

  test('the control room stops all the same, and hangs up on the model', async () => {
    const { model, record, room } = await onTrial()
    model.always(HANG)
    const trying = leaver(room.url)
    await model.until(() => model.inFlight === 1, soon())
    await room.stop()
    await model.until(() => model.inFlight === 0, soon())
    await trying.leave()
    // Whoever leaves is no fault of ours.
    expect([record.of('error'), record.of('model:failed')]).toEqual([[], []])
  })

  test('Chorus stops all the same: whoever asked is told', async () => {
    const { attempt, chorus, model } = await onTrial()
    model.always(HANG)
    const trying = attempt()
    await model.until(() => model.inFlight === 1, soon())
    await chorus.stop()
    expect(await trying).toMatchObject({ status: 503, data: { error: 'stopping' } })
    await expect(chorus.tryOut(LINE)).rejects.toMatchObject({ code: 'stopping' })
  })
})

describe('while the model fails', () => {
  test('whoever tries is told why, and what to do', async () => {
    const { attempt, model } = await onTrial()
    model.always({ kind: 'unauthorized' })
    for (const error of ['model-unauthorized', 'model-away'])
      expect(await attempt()).toMatchObject({
        status: 503,
        data: { error, message: expect.any(String), advice: expect.any(String) },
      })
  })

  test('it is a template where a viewer would get one', async () => {
    const { attempt, model } = await onTrial({ config: { ...AT_ONCE.config, model: { template: true } } })
    model.always({ kind: 'unauthorized' })
    expect(await attempt()).toMatchObject({
      status: 200,
      data: { by: 'template', text: expect.any(String) },
    })
  })
})

test('the connection that waits for a line is not taken for an idle one', async () => {
  const server = createServer()
  server.timeout = 1000
  let answerNow = () => {}
  const answered = new Promise<void>((resolve) => {
    answerNow = resolve
  })
  let leave = () => {}
  const left = new Promise<void>((resolve) => {
    leave = resolve
  })
  const hasty: AnsweredRoute = {
    ...{ method: 'GET', path: '/hasty', access: 'anyone' },
    answer: async ({ signal }) => {
      signal.addEventListener('abort', leave)
      await answered
      return json({})
    },
  }
  const tryOut = async (_: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<TriedLine> => {
    await answered
    expect(signal?.aborted).toBe(false)
    return { text: 'at last', by: 'model', filtered: [], tookMs: 59_999 }
  }
  let port = 0
  const guard = new Guard({ host: '127.0.0.1', port: () => port, entrances: [] })
  const token = new ControlToken(new Secret(TOKEN))
  const door = new Door({ token, port: () => port, cookie: 'chorus', path: '/', advice: '' })
  const routes = [tryRoute({ bots: toBots([{ login: 'ava' }]), tryOut }), hasty]
  const app = new WebApp({ server, guard, doors: { room: door, overlay: door }, routes, fault: () => {} })
  onTestFinished(() => app.close())
  await app.ready()
  port = await listen(server, { host: '127.0.0.1', port: { number: 0, isSet: true } })
  const patient = post(`http://127.0.0.1:${port}/api/try`, LINE)
  await expect(ask(`http://127.0.0.1:${port}/hasty`)).rejects.toThrow(/hang up|ECONNRESET/)
  await left
  answerNow()
  expect(await patient).toMatchObject({ status: 200, data: { text: 'at last' } })
})
