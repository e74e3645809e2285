import { describe, expect, test } from 'vitest'
import { SECOND } from '../../../src/clock.js'
import { type Sections, toSections } from '../../../src/control-room/snapshot/sections.js'
import type { RecentLine, Snapshot } from '../../../src/control-room/snapshot/snapshot.js'
import { toChannelName } from '../../../src/domain.js'
import { readManifest } from '../../../src/manifest.js'
import { raid } from '../../../src/simulator/scenarios.js'
import { CHANNEL, choruses, type FixtureOptions } from '../../integration/chorus-fixture.js'
import { AT_ONCE, ask, outcomeOf } from '../../integration/questions.js'
import { viewersCalled } from '../../support/line-answers.mjs'
import { ManualClock } from '../../support/manual-clock.js'
import { BEARER, idleChorus, rooms } from '../room-fixture.js'

const start = choruses()
const open = rooms()
const history = () => ({ atMs: [], waiting: [], answered: [], lines: [] })

/** A Chorus in chat, and what its page would be told. */
async function watched(options: FixtureOptions = {}) {
  const fixture = await start(options)
  const { chorus, clock } = fixture
  const sections = toSections({ chorus, clock, history, hasJournal: false, remarks: [], overlay: '' })
  return { fixture, look: () => lookAt(sections) }
}

/** As a frame makes them. */
function lookAt({ about, status, glance, waiting, lines, history, requests }: Sections): Snapshot {
  const first = { about: about(), status: status() }
  const rest = { glance: glance(), waiting: waiting(), lines: lines(), requests: requests() }
  return { ...first, ...rest, history: history() }
}

const QUIET = { light: 'well', sentence: 'All quiet: nobody waits', notes: [] }

test('a mention waits, then stands among the lines, and the glance follows', async () => {
  const { fixture, look } = await watched({ ...AT_ONCE, bots: ['ava'] })
  expect(look()).toMatchObject({
    glance: QUIET,
    waiting: { replies: [], count: 0 },
    lines: [],
  })
  fixture.chorus.router.mute('ava')
  const question = ask(fixture, { viewer: 'ann', text: 'is it <b>late</b>?' })
  await fixture.record.until((told) => told.of('reply:accepted').length === 1)
  const askedAtMs = expect.closeTo(fixture.clock.wall(), -5)
  const { glance, waiting } = look()
  expect(waiting).toEqual({
    replies: [
      {
        ...{ id: `ava/${question}`, bot: 'ava', channel: CHANNEL, viewer: 'ann', cause: 'mention' },
        ...{ text: '@ava is it <b>late</b>?', state: 'waiting', askedAtMs },
      },
    ],
    count: 1,
  })
  expect(look().waiting).toEqual(waiting)
  expect(glance).toEqual({ light: 'busy', sentence: 'Every bot is muted: 1 viewer waits', notes: [] })
  fixture.chorus.router.unmute('ava')
  await outcomeOf(fixture, question)
  const [said] = fixture.record.of('line:sent')
  const after = look()
  expect(after).toMatchObject({ glance: QUIET, waiting: { replies: [], count: 0 } })
  expect(after.lines).toMatchObject([
    {
      number: 1,
      bot: 'ava',
      text: said?.line.text,
      viewers: ['ann'],
      result: 'sent',
      tookMs: expect.any(Number),
    },
  ])
  expect(after.requests).toMatchObject({ answered: 1, failed: 0, errors: [] })
})

test('a raid is the glance until it is answered; each of its lines is one entry with all whom it calls', async () => {
  const { fixture, look } = await watched({ factor: 12 })
  const bots = fixture.bots
  await fixture.play(raid({ seed: 71, channel: CHANNEL, bots, viewers: 40, overMs: 2 * SECOND, from: 'Zed' }))
  const accepted = () => fixture.record.of('reply:accepted').length
  await fixture.record.until(() => accepted() === 40)
  const { glance, waiting } = look()
  expect(glance).toMatchObject({
    light: 'busy',
    sentence: expect.stringMatching(/^Raid from Zed, 40 viewers: \d+ of 40 answered, done in about \d+ s$/),
  })
  // Each is counted, also where several share a line.
  expect(waiting.count).toBe(40 - fixture.record.of('reply:settled').length)
  await fixture.record.settled(40)
  const { lines } = look()
  expect(look().glance.light).toBe('well')
  expect(lines).toHaveLength(fixture.record.of('line:sent').length)
  expect(lines.flatMap(({ viewers }) => viewers)).toHaveLength(40)
  const joint = lines.filter(({ result }) => result === 'joint')
  expect(joint.length).toBeGreaterThan(2)
  const isWhole = ({ text = '', viewers }: RecentLine) =>
    viewersCalled(text).join() === viewers.map((name) => name.toLowerCase()).join()
  expect(joint.filter((line) => !isWhole(line))).toEqual([])
})

test('what was timed out while its answer was on its way is quoted nowhere', async () => {
  const { fixture, look } = await watched({ ...AT_ONCE, bots: ['ava'] })
  const question = ask(fixture, { viewer: 'ann' })
  await outcomeOf(fixture, question)
  expect(look().lines[0]).toHaveProperty('text')
  fixture.room.timeout('ann', 600)
  await fixture.record.until((told) => told.of('chat:cleared').length > 0)
  expect(look().lines).toMatchObject([{ viewers: ['ann'], result: 'sent' }])
  expect(look().lines[0]).not.toHaveProperty('text')
})

test('a line of a bot that a moderator deletes is told as deleted, and is quoted no more', async () => {
  const { fixture, look } = await watched({ ...AT_ONCE, bots: ['ava'] })
  await outcomeOf(fixture, ask(fixture, { viewer: 'ann' }))
  const [said] = fixture.record.of('line:sent')
  expect(fixture.room.delete(said?.id ?? '')).toBe(true)
  await fixture.record.until((told) => told.of('chat:cleared').length > 0)
  const [line] = look().lines
  expect(line).toMatchObject({ bot: 'ava', viewers: ['ann'], result: 'sent' })
  expect(line).toMatchObject({ reason: 'A moderator has deleted it.' })
  expect(line).not.toHaveProperty('text')
})

test('the lines of a bot that is timed out itself are quoted no more, and those of another one are', async () => {
  const { fixture, look } = await watched({ ...AT_ONCE, bots: ['ava', 'ben'] })
  for (const bot of ['ava', 'ben']) await outcomeOf(fixture, ask(fixture, { viewer: 'ann', bot }))
  fixture.room.timeout('ava', 600)
  await fixture.record.until((told) => told.of('chat:cleared').length > 0)
  const [ofBen, ofAva] = look().lines
  expect(ofBen).toMatchObject({ bot: 'ben', text: expect.any(String) })
  expect(ofAva).toMatchObject({ bot: 'ava', reason: expect.stringMatching(/^The bot was timed out/) })
  expect(ofAva).not.toHaveProperty('text')
})

test('what Chorus is stays the same, and is told with the identical object', async () => {
  const chorus = await idleChorus()
  const clock = new ManualClock()
  const sections = toSections({
    chorus,
    clock,
    history,
    hasJournal: false,
    remarks: [],
    overlay: '/overlay?key=1',
  })
  expect(sections.about()).toEqual({
    ...{ version: readManifest().version, bots: ['ava'], channels: ['mychannel'] },
    ...{ slots: { global: 5, perBot: 2 }, isDemo: false, overlay: '/overlay?key=1' },
  })
  expect(sections.about()).toBe(sections.about())
})

test('the demo tells its own sections beside, and that it is one', async () => {
  const chorus = await idleChorus()
  const state = {
    channel: toChannelName('mychannel'),
    linesPerSecond: 1,
    isModelAway: false,
    canModelBeAway: true,
  }
  const parts = { chorus, clock: new ManualClock(), history, hasJournal: false, remarks: [], overlay: '' }
  const sections = toSections({ ...parts, demo: { demo: () => state, chat: () => [] } })
  expect(sections.about().isDemo).toBe(true)
  expect([sections.demo?.(), sections.chat?.()]).toEqual([state, []])
  expect(Object.keys(toSections(parts))).toEqual([
    ...['about', 'status', 'glance', 'waiting', 'lines', 'history', 'requests'],
  ])
})

describe('/api/events', () => {
  test('tells the time and every section at first, history included', async () => {
    const room = await open()
    const response = await fetch(`${room.url}api/events`, { headers: BEARER })
    const decoder = new TextDecoder()
    let text = ''
    for await (const part of response.body ?? []) {
      text += decoder.decode(part, { stream: true })
      if (text.includes('event: requests')) break
    }
    const names = Array.from(text.matchAll(/^event: (.*)$/gm), ([, name]) => name)
    expect(names.slice(0, 9)).toEqual([
      ...['clock', 'page', 'about', 'status', 'glance', 'waiting', 'lines', 'history', 'requests'],
    ])
    const [, sampled = '{}'] = /^event: history\ndata: (.*)$/m.exec(text) ?? []
    expect(JSON.parse(sampled)).toMatchObject({ waiting: [0], answered: [0], lines: [0] })
  })
})
