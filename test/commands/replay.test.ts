import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, it } from 'vitest'
import { between, pick, seededRandom } from '../../src/random.js'
import { replays } from './replay-fixture.js'

/*
 * Goal: every number of the report is right. Method: recordings made up here are replayed for real, and counted a
 * second time with plain text tools that share nothing with the program.
 */

const replay = replays()
const FIRST_MS = 1_750_000_000_000

/** A made-up evening of two channels: chatter, mentions, commands, bots of others, and what is no message. */
function evening(seed: number, count: number): string[] {
  const random = seededRandom(seed)
  let atMs = FIRST_MS
  return Array.from({ length: count }, (_, index) => {
    atMs += between(random, [-40, 140])
    const channel = pick(random, ['north', 'North', 'south'])
    const time = `tmi-sent-ts=${Math.round(atMs)}`
    const login = random() < 0.06 ? 'nightbot' : `viewer_${Math.floor(random() * 12)}`
    const draw = random()
    if (draw < 0.03) return `@ban-duration=60;${time} :tmi.twitch.tv CLEARCHAT #${channel} :${login}`
    if (draw < 0.05) return `:${login}!${login}@${login}.tmi.twitch.tv JOIN #${channel}`
    const text = pick(random, [
      'what a jump',
      'hello chat',
      '@viewer_3 are you there?',
      'hey @VIEWER_7, and you @viewer_3!',
      'Robo, say something',
      '!lurk',
      '@viewer_33 not you',
      'good night all',
      'that music',
      'wow',
    ])
    const tags = `id=made-${index};display-name=${login};user-id=5${index % 12};room-id=1;${time}`
    if (draw < 0.08)
      return `@${tags};login=${login};msg-id=resub :tmi.twitch.tv USERNOTICE #${channel} :${text}`
    return `@${tags} :${login}!${login}@${login}.tmi.twitch.tv PRIVMSG #${channel} :${text}`
  })
}

interface Line {
  readonly login: string
  readonly text: string
}

/** Lines of chat by their own words; `login` is in the tags of a USERNOTICE and before the `!` of a PRIVMSG. */
function chatOf(lines: readonly string[]): Line[] {
  return lines.flatMap((line) => {
    const found = / (?:PRIVMSG|USERNOTICE) #\w+ :(.*)$/.exec(line)
    const login = /;login=(\w+)/.exec(line)?.[1] ?? /:(\w+)!/.exec(line)?.[1] ?? ''
    return found ? [{ login, text: found[1] ?? '' }] : []
  })
}

function count(lines: readonly string[]) {
  const chat = chatOf(lines)
  const isBot = ({ login }: Line) => /^(chorusbot|viewer_3|viewer_7)$/.test(login)
  const reasons = {
    'own-bot': chat.filter(isBot).length,
    'known-bot': chat.filter(({ login }) => login === 'nightbot').length,
    'ignored-user': chat.filter(({ login }) => login === 'viewer_9').length,
  }
  const heeded = chat.filter((line) => !isBot(line) && !/^(nightbot|viewer_9)$/.test(line.login))
  const naming = (pattern: RegExp) => heeded.filter(({ text }) => pattern.test(text)).length
  const mentions = {
    chorusbot: naming(/robo,/i),
    Viewer_3: naming(/@viewer_3\b/i),
    viewer_7: naming(/@viewer_7\b/i),
  }
  const free = heeded.filter(({ text }) => !/robo,|@viewer_[37]\b/i.test(text))
  const command = free.filter(({ text }) => text.startsWith('!')).length
  return { chat, mentions, reasons: { ...reasons, command }, eligible: free.length - command }
}

const numberOf = (text = '') => Number(/\d+/.exec(text)?.[0])
/** `3 ava, 2 ben` → { ava: 3, ben: 2 } */
const pairsOf = (text = '') =>
  Object.fromEntries(
    [...text.matchAll(/(\d+) ([^,()]+)/g)].map(([, number, name]) => [name?.trim(), Number(number)]),
  )
const sumOf = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0)

it('a machine that stands still while the bots log in, far too long for the replay’s speed, costs the replay nothing', async () => {
  const stall = () => {
    unsubscribe('net.server.socket', stall)
    // Thirty seconds of the recording.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500)
  }
  subscribe('net.server.socket', stall)
  const report = await replay(evening(1, 20))
  expect(report).toMatchObject({ limits: '0 breaches', errors: '0' })
})

describe('the report of a replay', () => {
  it('has every number right', async () => {
    const lines = evening(1, 300)
    const report = await replay(lines)
    const { chat, eligible, mentions, reasons } = count(lines)

    const commands = lines.map((line) => / (PRIVMSG|USERNOTICE|CLEARCHAT|JOIN) /.exec(line)?.[1] ?? '?')
    expect(numberOf(report.lines)).toBe(300)
    for (const [command, times] of Object.entries(pairsOf(report.lines?.slice(4)))) {
      expect(times).toBe(commands.filter((it) => it === command).length)
    }
    expect(report.channels).toBe('north, south')
    expect(report.heard).toBe(`${chat.length} lines of chat`)

    expect(numberOf(report.mentions)).toBe(sumOf(mentions))
    expect(pairsOf(report.mentions?.replace(/^\d+/, ''))).toEqual(mentions)
    const [drawn = 0, draws = 0] = report.draws?.match(/\d+/g)?.map(Number) ?? []
    expect(draws).toBe(eligible)
    expect(Math.abs(drawn / draws - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / draws))
    expect(report.draws).toContain(`(${((100 * drawn) / draws).toFixed(1)} %)`)
    // How many of the drawn ones leave the way to mentions depends on how busy the lanes are at that moment.
    const { yielded = 0, ...decided } = pairsOf(report.decisions)
    expect(decided).toEqual({
      ...reasons,
      'not-drawn': draws - drawn,
      'reply to a chance': drawn - yielded,
      'reply to a mention': sumOf(mentions),
    })

    const accepted = sumOf(mentions) + drawn - yielded
    expect(report.replies).toBe(`${accepted} accepted: ${accepted} sent`)
    const [half = 0, most = 0, longest = 0] = report.waits?.match(/[\d.]+(?= s)/g)?.map(Number) ?? []
    expect(half).toBeGreaterThan(1)
    expect(most).toBeGreaterThanOrEqual(half)
    expect(longest).toBeGreaterThanOrEqual(most)
    expect(report).toMatchObject({ limits: '0 breaches', errors: '0' })
  })

  it('tells how long the recording is and how fast it came, although its times go backwards', async () => {
    const lines = evening(2, 120)
    const times = lines.map((line) => Number(/tmi-sent-ts=(\d+)/.exec(line)?.[1] ?? Number.NaN))
    const first = times.find((time) => time > 0) ?? 0
    let reached = 0
    const moments = times.map((time) => {
      reached = time - first > reached ? time - first : reached
      return reached
    })
    const within = (from: number) => moments.filter((moment) => moment >= from && moment < from + 1000).length
    const peak = Math.max(...moments.map(within))
    const report = await replay(lines)
    expect(report.recorded).toBe(
      `${(reached / 1000).toFixed(1)} s, up to ${peak} lines a second, replayed 20 times as fast`,
    )
  })
})
