import { beforeEach, describe, expect, test } from 'vitest'
import { findUnready } from '../../../src/control-room/snapshot/readiness.js'
import { choruses } from '../../integration/chorus-fixture.js'
import { AT_ONCE, ask as askBot } from '../../integration/questions.js'
import { tempFolder } from '../../support/temp-folder.js'
import { ask, environmentWith, rooms } from '../room-fixture.js'

const CHANNEL = 'mychannel'
type Bots = Parameters<typeof findUnready>[0]['chat']['bots']
const bots = (...list: readonly { readonly bot: string; joined?: boolean; reason?: string }[]) =>
  list.map(({ joined = true, ...bot }) => ({ ...bot, joined: joined ? [CHANNEL] : [] })) as unknown as Bots

const WELL = { state: 'running', isDurable: true, chat: { bots: bots({ bot: 'ava' }) } } as const
const reasonsOf = (parts: object, hasJournal = true) => findUnready({ ...WELL, ...parts }, { hasJournal })

describe('Chorus is ready', () => {
  test('when its bots are in chat and the journal can be written', () => {
    expect(reasonsOf({})).toEqual([])
  })

  test('when one bot is in chat, and every other one too or parked', () => {
    const chat = { bots: bots({ bot: 'ava' }, { bot: 'ben', joined: false, reason: 'login refused' }) }
    expect(reasonsOf({ chat })).toEqual([])
  })

  test('without a journal where there is no data folder by intent', () => {
    expect(reasonsOf({ isDurable: false }, false)).toEqual([])
  })
})

describe('Chorus is not ready', () => {
  test.each([
    ['the journal can’t be written', { isDurable: false }, /^The journal/],
    ['it is stopping', { state: 'draining' }, /stopping/],
    ['it was stopped', { state: 'stopped' }, /stopped/],
    ['no bot is in chat', { chat: { bots: bots({ bot: 'ava', joined: false, reason: 'x' }) } }, /^No bot/],
    [
      'a bot is neither in chat nor parked',
      { chat: { bots: bots({ bot: 'ava' }, { bot: 'ben', joined: false }) } },
      /^ben/,
    ],
  ])('while %s', (_what, parts, reason) => {
    expect(reasonsOf(parts)).toEqual([expect.stringMatching(reason)])
  })
})

describe('/readyz through the life of a Chorus', () => {
  const start = choruses()
  const open = rooms()
  let dataDir: string
  beforeEach(() => {
    dataDir = tempFolder()
  })

  test('is 503 until bots are in chat, 200 then, and 503 from the begin of the stop on', async () => {
    const { chorus, record, model, ...fixture } = await start({ ...AT_ONCE, dataDir, isStarted: false })
    const { url } = await open({ chorus, environment: environmentWith() })
    const ready = () => ask(`${url}readyz`)
    expect(await ready()).toMatchObject({
      status: 503,
      data: {
        status: 'not-ready',
        reasons: expect.arrayContaining([expect.stringMatching(/^The journal/), 'No bot is in chat.']),
      },
    })
    await Promise.all([record.until((told) => told.of('ready').length > 0), chorus.start()])
    expect(await ready()).toMatchObject({ status: 200, data: { status: 'ready' } })

    model.always({ kind: 'hang' })
    askBot({ chorus, record, model, ...fixture })
    await record.until((told) => told.of('reply:started').length > 0)
    const stopped = chorus.gracefulStop({ deadlineMs: 60_000 })
    expect(await ready()).toMatchObject({
      status: 503,
      data: { reasons: [expect.stringMatching(/stopping/)] },
    })
    expect(await ask(`${url}healthz`)).toMatchObject({ status: 200 })
    await Promise.all([chorus.stop(), stopped])
    expect(await ready()).toMatchObject({ status: 503 })
  })
})
