import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sleep, systemClock } from '../../../src/clock.js'
import { COUNTED } from '../../../src/control-room/metrics/counters.js'
import { GAUGED } from '../../../src/control-room/metrics/gauges.js'
import { choruses, type Fixture } from '../../integration/chorus-fixture.js'
import { AT_ONCE, ask as askBot, outcomeOf } from '../../integration/questions.js'
import { ask, BEARER, environmentWith, rooms, TOKEN } from '../room-fixture.js'
import { parseMetrics, type Samples } from './parse-metrics.js'

const start = choruses()
const open = rooms()

/** A Chorus in chat, and a look at its metrics over the wire. */
async function watched(options: Parameters<typeof start>[0] = AT_ONCE) {
  const fixture = await start({ ...options, isStarted: false })
  const environment = environmentWith({ CHORUS_CONTROL_TOKEN: TOKEN })
  const { url } = await open({ chorus: fixture.chorus, environment })
  await Promise.all([fixture.record.until((told) => told.of('ready').length > 0), fixture.chorus.start()])
  const look = async (): Promise<Samples> => {
    const { status, text } = await ask(`${url}metrics`, { headers: BEARER })
    expect(status).toBe(200)
    return parseMetrics(text)
  }
  return { ...fixture, url, look }
}

async function answered(fixture: Fixture, count: number): Promise<void> {
  for (let n = 0; n < count; n++)
    expect(await outcomeOf(fixture, askBot(fixture, { viewer: `viewer${n}` }))).toMatchObject({
      kind: 'sent',
    })
}

describe('/metrics', () => {
  test('follows answered mentions: outcomes, seconds, lines, requests and tokens', async () => {
    const world = await watched({ ...AT_ONCE, bots: ['ava'] })
    const before = await world.look()
    expect(before.value('chorus_outcomes_total', { bot: 'ava', outcome: 'sent' })).toBe(0)
    await answered(world, 3)
    const after = await world.look()
    expect(after.value('chorus_outcomes_total', { bot: 'ava', outcome: 'sent' })).toBe(3)
    expect(after.value('chorus_accepted_total', { bot: 'ava', cause: 'mention' })).toBe(3)
    expect(after.value('chorus_decisions_total', { decision: 'reply', reason: 'mention' })).toBe(3)
    expect(after.value('chorus_answer_seconds_count', { bot: 'ava' })).toBe(3)
    expect(after.value('chorus_answer_seconds_bucket', { bot: 'ava', le: '+Inf' })).toBe(3)
    expect(after.value('chorus_answer_seconds_sum', { bot: 'ava' })).toBeGreaterThan(0)
    expect(after.value('chorus_lines_sent_total', { bot: 'ava' })).toBe(3)
    expect(after.sum('chorus_model_requests_total', { result: 'answered' })).toBeGreaterThanOrEqual(3)
    expect(after.sum('chorus_model_tokens_total')).toBeGreaterThan(0)
    expect(after.value('chorus_messages_total')).toBeGreaterThanOrEqual(3)
    expect(after.value('chorus_send_budget_left', { bot: 'ava' })).toBeLessThan(
      before.value('chorus_send_budget_left', { bot: 'ava' }) ?? 0,
    )
  })

  test('shows where replies are while nobody answers, and what fails', async () => {
    const world = await watched({ ...AT_ONCE, bots: ['ava'] })
    world.model.always({ kind: 'hang' })
    for (let n = 0; n < 5; n++) askBot(world, { viewer: `viewer${n}` })
    await world.record.until(
      (told) => told.of('reply:started').length === 2 && told.of('reply:accepted').length === 5,
    )
    const held = await world.look()
    const inState = (state: string) => held.value('chorus_replies', { bot: 'ava', state })
    expect([inState('waiting'), inState('working'), inState('ready'), inState('held')]).toEqual([3, 2, 0, 0])
    expect(held.value('chorus_backlog_replies')).toBe(3)
    await world.record.until((told) => told.of('model:away').length > 0)
    const away = await world.look()
    expect(away.sum('chorus_model_errors_total', { code: 'model-timeout' })).toBeGreaterThanOrEqual(3)
    expect(away.sum('chorus_model_away', { role: 'main' })).toBe(1)
    expect(away.value('chorus_oldest_wait_seconds', { bot: 'ava' })).toBeGreaterThan(1)
  })

  test('shows bots that are in chat, muted and parked, and what has become of replies', async () => {
    const world = await watched({ ...AT_ONCE, bots: ['ava', 'ben'] })
    const state = async (bot: string, which: string) =>
      (await world.look()).value('chorus_bot_state', { bot, state: which })
    expect([await state('ava', 'joined'), await state('ava', 'muted')]).toEqual([1, 0])
    world.chorus.router.mute('ava')
    expect([await state('ava', 'muted'), await state('ben', 'muted')]).toEqual([1, 0])
    const muted = await world.look()
    expect(muted.value('chorus_expected_wait_seconds', { bot: 'ava' })).toBeUndefined()
    expect(muted.value('chorus_expected_wait_seconds', { bot: 'ben' })).toBeLessThan(10)
    const question = askBot(world, { viewer: 'ann' })
    await world.record.until((told) => told.of('reply:accepted').length === 1)
    world.room.delete(question)
    await world.record.settled(1)
    expect((await world.look()).value('chorus_outcomes_total', { bot: 'ava', outcome: 'withdrawn' })).toBe(1)
  })

  test('is for those alone who bring the token', async () => {
    const { url } = await open()
    expect((await ask(`${url}metrics`)).status).toBe(401)
    const { headers } = await ask(`${url}metrics`, { headers: BEARER })
    expect(headers['content-type']).toContain('version=0.0.4')
  })

  test('keeps two control rooms of one process apart', async () => {
    const [one, other] = [await open(), await open()]
    const [first, second] = [one, other].map(async ({ url }) =>
      parseMetrics((await ask(`${url}metrics`, { headers: BEARER })).text),
    )
    expect((await first)?.names).toEqual((await second)?.names)
  })

  test('tells how late the event loop is', async () => {
    const { url } = await open()
    const look = async () => parseMetrics((await ask(`${url}metrics`, { headers: BEARER })).text)
    await look()
    // What is measured is from one tick to the next: the first one after a look only begins.
    await sleep(systemClock(), 50)
    // The loop stands still, as it does where somebody computes for too long.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
    await new Promise((resolve) => setImmediate(resolve))
    expect((await look()).value('chorus_event_loop_lag_seconds', { statistic: 'max' })).toBeGreaterThan(0.2)
  })
})

describe('the names', () => {
  const rows = [...COUNTED, ...GAUGED]

  test.each(rows)('$name follows Prometheus’ rules', ({ name, help, labels, ...row }) => {
    expect(name).toMatch(/^chorus_[a-z]+(_[a-z]+)*$/)
    expect(help).not.toMatch(/\.$/)
    const grows = 'isCounter' in row || ('watch' in row && !row.buckets)
    expect(name.endsWith('_total')).toBe(grows)
    expect(name).not.toMatch(/_(ms|millis|minutes|kb|percent)(_|$)/)
    expect(labels).not.toContain('viewer')
  })

  test('stand in docs/control-room.md, each with its labels, and no others do', () => {
    const text = readFileSync('docs/control-room.md', 'utf8')
    const told = [...text.matchAll(/^\| `(chorus_\w+)` \| ([^|]*) \|/gm)].map(([, name, labels = '']) => [
      name,
      labels.match(/\w+/g) ?? [],
    ])
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(rows.map(({ name, labels }) => [name, labels])),
    )
  })
})
