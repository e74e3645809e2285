import { describe, expect, test } from 'vitest'
import type { ChorusStatus } from '../../../src/chorus.js'
import { MINUTE, SECOND } from '../../../src/clock.js'
import type { EpisodeState } from '../../../src/control-room/snapshot/episode.js'
import { type Situation, toGlance } from '../../../src/control-room/snapshot/glance.js'
import { toBotLogin, toChannelName } from '../../../src/domain.js'
import type { EndpointStatus } from '../../../src/reply/guarded-model.js'
import type { LaneStatus } from '../../../src/reply-queue.js'
import { idleChorus } from '../room-fixture.js'

/*
 * Goal: who looks for a second is told the truth. Method: a table of situations, each one thing apart from a Chorus that does
 * well.
 */

const AVA = toBotLogin('ava')
const BEN = toBotLogin('ben')
const MYCHANNEL = toChannelName('mychannel')
const NOTHING = { waiting: 0, working: 0, ready: 0, held: 0 }
const EMPTY: LaneStatus = {
  ...NOTHING,
  viewers: NOTHING,
  ...{ expectedMs: 1500, doneMs: 0, oldestMs: 0, viewersPerLine: 1 },
}
const WAITS: LaneStatus = { ...EMPTY, waiting: 5, viewers: { ...NOTHING, waiting: 5 } }
const idle = (await idleChorus()).getStatus()
type Bot = ChorusStatus['chat']['bots'][number]
const [stranger] = idle.chat.bots
const inChat = (bot: Bot['bot'], parts: Partial<Bot> = {}) =>
  ({ ...stranger, bot, joined: [MYCHANNEL], ...parts }) as Bot

const chatOf = (...bots: readonly Bot[]): ChorusStatus['chat'] => ({
  bots,
  joined: bots.filter(({ joined }) => joined.length > 0).map(({ bot }) => bot),
  parked: bots.flatMap(({ bot, reason }) => (reason === undefined ? [] : [{ bot, reason }])),
})

const AWAY = {
  ...{ state: 'away', model: 'main-model', code: 'model-unreachable', reason: 'nobody listens there' },
  ...{ advice: 'Start it.', awayMs: 3 * MINUTE, nextProbeInMs: 0 },
} as const
const away = (answeredBy: ChorusStatus['model']['answeredBy']) => ({
  model: { ...idle.model, ...AWAY, answeredBy } as ChorusStatus['model'],
})
const tokens = (level: 'low' | 'spent') => ({
  model: {
    ...idle.model,
    answeredBy: level === 'spent' ? ('template' as const) : ('main' as const),
    tokens: { day: '2026-01-01', tokens: 9, perDay: 10, level },
  },
})
const controls = (parts: Partial<ChorusStatus['controls']>) => ({ controls: { ...idle.controls, ...parts } })
const allMuted = (parts: { leftMs?: number } = {}) =>
  controls({ muted: [AVA, BEN].map((bot) => ({ bot, reason: 'x', ...parts })) })

const WELL: ChorusStatus = {
  ...idle,
  isDurable: true,
  chat: chatOf(inChat(AVA), inChat(BEN)),
  lanes: { ava: EMPTY },
}
const waits = (parts: Partial<EpisodeState> = {}): EpisodeState => ({
  ...{ asked: 9, answered: 2, viewersWaiting: 7, mentionsWaiting: 7 },
  ...parts,
})
const RAID = { from: 'CosmicCrumpet', viewers: 143 }
const raid = (parts: Partial<EpisodeState>) => waits({ raid: RAID, asked: 100, ...parts })
const ANSWERED = raid({ answered: 100, viewersWaiting: 0, mentionsWaiting: 0 })
const busy = (doneMs: number, parts: Partial<LaneStatus> = {}): Partial<ChorusStatus> => ({
  lanes: { ava: { ...WAITS, doneMs, ...parts }, ben: { ...EMPTY, doneMs: 90_000 } },
})

const glanceOf = (
  status: Partial<ChorusStatus>,
  episode?: EpisodeState,
  parts: Partial<Pick<Situation, 'demo' | 'hasJournal' | 'remarks'>> = {},
) => toGlance({ status: { ...WELL, ...status }, episode, hasJournal: true, remarks: [], ...parts })

describe('one sentence and a light', () => {
  const nobody = { viewersWaiting: 0, mentionsWaiting: 0 }
  test.each<[string, Partial<ChorusStatus>, EpisodeState | undefined, string, string]>([
    ['nobody waits', {}, undefined, 'well', 'All quiet: nobody waits'],
    [
      'nobody waits, and a bot is parked',
      { chat: chatOf(inChat(AVA), inChat(BEN, { joined: [], reason: 'Twitch refuses its token' })) },
      undefined,
      'trouble',
      'ben is parked: Twitch refuses its token',
    ],
    [
      'viewers wait, and a bot is parked',
      {
        ...busy(8200),
        chat: chatOf(inChat(AVA), inChat(BEN, { joined: [], reason: 'Twitch refuses its token' })),
      },
      waits(),
      'trouble',
      '7 viewers wait, done in about 9 s',
    ],
    ['viewers wait', busy(8200), waits(), 'busy', '7 viewers wait, done in about 9 s'],
    [
      'one viewer waits',
      busy(200),
      waits({ viewersWaiting: 1, mentionsWaiting: 2 }),
      'busy',
      '1 viewer waits, done in about 1 s',
    ],
    ['the wait is long', busy(88_000), waits(), 'busy', '7 viewers wait, done in about 90 s'],
    ['the wait is minutes', busy(150_000), waits(), 'busy', '7 viewers wait, done in about 3 min'],
    ['the wait is hours', busy(180 * MINUTE), waits(), 'busy', '7 viewers wait, done in about 3 h'],
    [
      'some of them wait for a bot that is muted',
      {
        lanes: {
          ava: { ...WAITS, doneMs: Number.POSITIVE_INFINITY, blockedReason: 'It is muted.' },
          ben: { ...WAITS, doneMs: 9000 },
        },
      },
      waits(),
      'busy',
      '7 viewers wait, done in about 9 s',
    ],
    ['it is nearly over', busy(0), waits(), 'busy', '7 viewers wait, done in about 1 s'],
    [
      'they wait for a bot that is muted',
      {
        ...busy(Number.POSITIVE_INFINITY, { blockedReason: 'It is muted.' }),
        ...controls({ muted: [{ bot: AVA, reason: 'It is muted.' }] }),
      },
      waits(),
      'busy',
      '7 viewers wait',
    ],
    ['every bot is muted', allMuted(), undefined, 'busy', 'Every bot is muted'],
    [
      'every bot is muted for some minutes',
      allMuted({ leftMs: 4 * MINUTE }),
      undefined,
      'busy',
      'Every bot is muted',
    ],
    [
      'viewers wait, and every bot is muted',
      { ...busy(Number.POSITIVE_INFINITY), ...allMuted() },
      waits(),
      'busy',
      'Every bot is muted: 7 viewers wait',
    ],
    [
      'a raid is on, and every bot is muted',
      allMuted(),
      raid({}),
      'busy',
      'Every bot is muted: 7 viewers wait',
    ],
    [
      'every bot is muted, and there is a dead letter',
      { ...allMuted(), deadLetters: 1 },
      undefined,
      'trouble',
      'One question has no answer: try it again below, or give it up',
    ],
    [
      'every bot is muted, and nobody makes lines',
      { ...allMuted(), ...away('nobody') },
      undefined,
      'trouble',
      'The model does not answer',
    ],
    [
      'it has stopped, and every bot is muted',
      { ...allMuted(), state: 'stopped' },
      undefined,
      'well',
      'Chorus has stopped',
    ],
    [
      'a raid is on',
      busy(24_000),
      raid({ answered: 61, viewersWaiting: 39, mentionsWaiting: 39 }),
      'busy',
      'Raid from CosmicCrumpet, 143 viewers: 61 of 100 answered, done in about 25 s',
    ],
    [
      'a raid is answered',
      {},
      raid({ answered: 100, ...nobody }),
      'well',
      'Raid from CosmicCrumpet, 143 viewers: all 100 answered',
    ],
    [
      'some of a raid were withdrawn',
      {},
      raid({ answered: 97, ...nobody }),
      'well',
      'Raid from CosmicCrumpet, 143 viewers: 97 of 100 answered, nobody waits',
    ],
    [
      'a raid has just come',
      {},
      raid({ raid: { from: 'Bo', viewers: 1 }, asked: 0, answered: 0, ...nobody }),
      'well',
      'Raid from Bo, 1 viewer: nobody has asked anything yet',
    ],
    [
      'no bot is in chat',
      { chat: chatOf(inChat(AVA, { joined: [] })) },
      waits(),
      'trouble',
      'No bot is in chat',
    ],
    ['nobody makes lines', away('nobody'), undefined, 'trouble', 'The model does not answer'],
    [
      'nobody makes lines while viewers wait',
      { ...busy(9000), ...away('nobody') },
      raid({}),
      'trouble',
      'The model does not answer: 7 viewers wait',
    ],
    [
      'templates stand in',
      away('template'),
      undefined,
      'well',
      'The model does not answer: template lines stand in',
    ],
    [
      'a fallback stands in while viewers wait',
      { ...busy(9000), ...away('fallback') },
      waits(),
      'busy',
      'The model does not answer: the fallback stands in, 7 viewers wait, done in about 9 s',
    ],
    [
      'the tokens are spent',
      tokens('spent'),
      undefined,
      'well',
      'The day’s tokens are spent: template lines stand in',
    ],
    ['it stops', { state: 'draining' }, waits({ mentionsWaiting: 12 }), 'busy', 'Stopping: 12 answers to go'],
    [
      'it stops, one to go',
      { state: 'draining' },
      waits({ mentionsWaiting: 1 }),
      'busy',
      'Stopping: 1 answer to go',
    ],
    ['it stops, and is done', { state: 'draining' }, undefined, 'well', 'Stopping: nobody waits any more'],
    [
      'it was stopped',
      { state: 'stopped', isDurable: false, chat: chatOf(inChat(AVA, { joined: [] })) },
      undefined,
      'well',
      'Chorus has stopped',
    ],
    [
      'it was stopped, and the journal has what is left',
      { state: 'stopped', isDurable: true },
      waits({ mentionsWaiting: 9 }),
      'busy',
      'Chorus has stopped: 9 mentions wait for the next start',
    ],
    [
      'it was stopped, and what is left is lost',
      { state: 'stopped', isDurable: false },
      waits({ mentionsWaiting: 1 }),
      'busy',
      'Chorus has stopped: 1 mention has no answer',
    ],
  ])('while %s', (_what, status, episode, light, sentence) => {
    expect(glanceOf(status, episode)).toMatchObject({ light, sentence })
  })

  test('count only lanes in which somebody waits for when it is done', () => {
    const unasked = { ...EMPTY, working: 1, doneMs: 60_000 }
    const lanes = { ava: { ...EMPTY, viewers: { ...NOTHING, ready: 1 }, doneMs: 4000 }, ben: unasked }
    expect(glanceOf({ lanes }, waits()).sentence).toBe('7 viewers wait, done in about 4 s')
  })
})

describe('what should be known beside', () => {
  const parked = inChat(BEN, { joined: [], reason: 'Twitch refuses its token' })
  const shutOut = { ...(stranger?.rooms[0] ?? {}), channel: MYCHANNEL, closedReason: 'The bot is banned.' }
  const open = { ...(stranger?.rooms[0] ?? {}), channel: toChannelName('another') }
  test.each<[string, Partial<ChorusStatus>, string, readonly string[]]>([
    ['nothing', {}, 'well', []],
    [
      'a parked bot',
      { chat: chatOf(inChat(AVA), parked) },
      'trouble',
      ['ben is parked: Twitch refuses its token.'],
    ],
    [
      'a bot that is not there yet',
      { chat: chatOf(inChat(AVA), inChat(BEN, { joined: [] })) },
      'well',
      ['ben is not in chat: it connects by itself.'],
    ],
    [
      'that nobody makes lines',
      away('nobody'),
      'trouble',
      [
        'The model main-model has not answered for 3 min: nobody listens there. Start it.',
        'Nothing stands in for it.',
      ],
    ],
    [
      'a model that is away while another stands in',
      away('fallback'),
      'well',
      ['The model main-model has not answered for 3 min: nobody listens there. Start it.'],
    ],
    [
      'a fallback that is away',
      { model: { ...idle.model, fallback: { ...AWAY, model: 'second' } as EndpointStatus } },
      'well',
      ['The model second has not answered for 3 min: nobody listens there. Start it.'],
    ],
    [
      'a journal that can’t be written',
      { isDurable: false },
      'trouble',
      [expect.stringMatching(/^The journal can’t be written/)],
    ],
    [
      'a dead letter',
      { deadLetters: 1 },
      'trouble',
      ['One question has no answer: try it again below, or give it up.'],
    ],
    [
      'dead letters',
      { deadLetters: 3 },
      'trouble',
      ['3 questions have no answer: try them again below, or give them up.'],
    ],
    ['a wait of up to five minutes', busy(0, { oldestMs: 5 * MINUTE }), 'well', []],
    [
      'a longer wait',
      busy(0, { oldestMs: 5 * MINUTE + SECOND }),
      'trouble',
      ['A mention of ava has waited for 5 min.'],
    ],
    ['tokens that run low', tokens('low'), 'well', ['The day’s tokens run low: only mentions are answered.']],
    [
      'tokens that are spent',
      tokens('spent'),
      'well',
      [expect.stringMatching(/^The day’s tokens are spent: .*midnight UTC\.$/)],
    ],
    [
      'a channel that a bot may not talk in',
      { chat: chatOf(inChat(AVA), inChat(BEN, { rooms: [shutOut] } as Partial<Bot>)) },
      'trouble',
      ['ben may not talk in mychannel: The bot is banned.'],
    ],
    [
      'one of several channels that a bot may not talk in',
      { chat: chatOf(inChat(AVA), inChat(BEN, { rooms: [shutOut, open] } as Partial<Bot>)) },
      'well',
      ['ben may not talk in mychannel: The bot is banned.'],
    ],
    [
      'who is muted',
      controls({
        muted: [
          { bot: AVA, reason: 'x', leftMs: 10 * MINUTE },
          { bot: BEN, reason: 'x' },
        ],
      }),
      'busy',
      ['ava is muted for another 10 min.', 'ben is muted until it is unmuted.'],
    ],
    [
      'one that is muted',
      controls({ muted: [{ bot: BEN, reason: 'x' }] }),
      'well',
      ['ben is muted until it is unmuted.'],
    ],
    ['calm', controls({ isCalm: true }), 'well', ['Calm is on: nobody talks unasked.']],
    ['a pause', controls({ isChancePaused: true }), 'well', ['Chance replies are paused.']],
    ['another chance', controls({ chance: 0.1 }), 'well', ['The chance of unasked replies is set to 10 %.']],
  ])('is %s', (_what, status, light, notes) => {
    // The sentence is of a raid that is over: nothing of it is a note.
    expect(glanceOf(status, ANSWERED)).toMatchObject({ light, notes })
  })

  test('is no note where it is the sentence already', () => {
    const { sentence, notes } = glanceOf({ deadLetters: 2, ...controls({ isCalm: true }) })
    expect(sentence).toBe('2 questions have no answer: try them again below, or give them up')
    expect(notes).toEqual(['Calm is on: nobody talks unasked.'])
  })

  test('ends with what was said at the start', () => {
    const remarks = ['ben is left out: it is not signed in.']
    const { notes } = glanceOf(controls({ isCalm: true }), undefined, { remarks })
    expect(notes).toEqual(['Calm is on: nobody talks unasked.', ...remarks])
  })

  test('says at once that all bots are muted, where the sentence does not', () => {
    expect(glanceOf({ ...allMuted(), deadLetters: 1 }).notes).toEqual(['Every bot is muted.'])
    expect(glanceOf(allMuted()).notes).toEqual([])
    expect(glanceOf(allMuted(), waits()).notes).toEqual([])
  })

  test.each([
    [true, '“Model outage” brings it back.'],
    [false, 'It is asked again by itself.'],
  ])('says of the built-in model what helps it, sent away: %s', (isModelAway, helps) => {
    const demo = { isModelAway, canModelBeAway: true }
    expect(glanceOf(away('nobody'), undefined, { demo }).notes).toEqual([
      `The built-in model has been away for 3 min. ${helps}`,
      'Nothing stands in for it.',
    ])
  })

  test('says of somebody’s own model in the demo what it says of any', () => {
    const demo = { isModelAway: false, canModelBeAway: false }
    expect(glanceOf(away('nobody'), undefined, { demo }).notes[0]).toMatch(
      /^The model main-model .* Start it\.$/,
    )
  })

  test('is nothing of a journal where there is no data folder', () => {
    const options = { hasJournal: false }
    expect(glanceOf({ isDurable: false }, undefined, options)).toMatchObject({ light: 'well', notes: [] })
  })

  test('has what is pressing before all else', () => {
    const status = { ...controls({ isCalm: true }), ...tokens('low'), deadLetters: 2 }
    expect(glanceOf(status, ANSWERED).notes[0]).toMatch(/^2 questions have no answer/)
  })

  test('is at most twenty notes, the last of which counts the others', () => {
    const muted = Array.from({ length: 30 }, (_, n) => ({ bot: toBotLogin(`bot${n}`), reason: 'x' }))
    const { notes } = glanceOf(controls({ muted }))
    expect([notes.length, notes.at(-1)]).toEqual([20, 'There are 11 further notes.'])
  })
})
