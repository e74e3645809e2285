import { describe, expect, it } from 'vitest'
import { SECOND } from '../../src/clock.js'
import { type BotLogin, type ChatText, toBotLogin, toChannelName, toMessageId } from '../../src/domain.js'
import { CommandAnswers } from '../../src/router/command-answers.js'
import { ManualClock, settle } from '../support/manual-clock.js'

const CHANNEL = toChannelName('mychannel')
const OTHER = toChannelName('other')

interface Said {
  readonly bot: BotLogin
  readonly text: string
  readonly channel: string
  readonly signal: AbortSignal
  readonly end: (how: 'said' | 'refused') => void
}

function answersFixture(
  options: {
    readonly muted?: readonly string[]
    readonly bots?: readonly {
      readonly name: string
      readonly reason?: string
      readonly closedReason?: string
    }[]
    readonly joined?: readonly string[]
  } = {},
) {
  const said: Said[] = []
  const { bots = [{ name: 'ava' }, { name: 'ben' }], muted = [], joined = ['mychannel', 'other'] } = options
  const clock = new ManualClock()
  const answers = new CommandAnswers({
    clock,
    speakers: () =>
      bots.map(({ name, reason, closedReason }) => ({
        bot: toBotLogin(name),
        joined: joined.map(toChannelName),
        ...(reason !== undefined && { reason }),
        rooms: [{ channel: CHANNEL, ...(closedReason !== undefined && { closedReason }) }],
      })),
    isMuted: (bot) => muted.includes(bot),
    toText: (text) => (text === 'unsafe' ? undefined : (text as ChatText)),
    say: (bot, { text, channel }, signal) =>
      new Promise<void>((resolve, reject) => {
        said.push({
          bot,
          text,
          channel,
          signal,
          end: (how) => (how === 'said' ? resolve() : reject(new Error())),
        })
      }),
  })
  const answer = (text: string, channel = CHANNEL) => answers.answer(channel, text, toMessageId('m'))
  return { answer, clock, said }
}

describe('the answer to a command', () => {
  it.each([
    ['the first bot in the channel', {}, ['ava']],
    ['the first that is not muted', { muted: ['ava'] }, ['ben']],
    ['the first where all are muted', { muted: ['ava', 'ben'] }, ['ava']],
    ['none that is parked', { bots: [{ name: 'ava', reason: 'refused' }, { name: 'ben' }] }, ['ben']],
    [
      'none that is shut out there',
      { bots: [{ name: 'ava', closedReason: 'ban' }, { name: 'ben' }] },
      ['ben'],
    ],
    ['nobody where no bot is in the channel', { joined: ['elsewhere'] }, []],
  ])('is said by %s', (_name, options, expected) => {
    const { answer, said } = answersFixture(options)
    answer('hello')
    expect(said.map(({ bot }) => bot)).toEqual(expected)
  })

  it('takes the place of one that still waits in the same channel', async () => {
    const { answer, said } = answersFixture()
    answer('one')
    answer('elsewhere', OTHER)
    answer('two')
    answer('three')
    expect(said.map(({ text, signal }) => [text, signal.aborted])).toEqual([
      ['one', true],
      ['elsewhere', false],
      ['two', true],
      ['three', false],
    ])
    // What becomes of those that were given up is not what becomes of the newest.
    for (const { end } of said.slice(0, 3)) end('refused')
    await settle()
    answer('four')
    expect(said.at(-2)?.signal.aborted).toBe(true)
  })

  it.each(['said', 'refused'] as const)('does not concern the next one once it was %s', async (how) => {
    const { answer, said } = answersFixture()
    answer('one')
    said[0]?.end(how)
    await settle()
    answer('two')
    expect(said.map(({ signal }) => signal.aborted)).toEqual([false, false])
  })

  it('says that it is said again, for Twitch would not show the same line twice within half a minute', async () => {
    const { answer, clock, said } = answersFixture()
    const sayAndWait = async (text: string, channel = CHANNEL, ms = 0) => {
      answer(text, channel)
      said.at(-1)?.end('said')
      await clock.advance(ms)
    }
    await sayAndWait('Off.')
    await sayAndWait('On.')
    await sayAndWait('Off.', OTHER)
    await sayAndWait('Off.')
    await sayAndWait('Off.', CHANNEL, 31 * SECOND)
    await sayAndWait('Off.')
    expect(said.map(({ text }) => text)).toEqual([
      'Off.',
      'On.',
      'Off.',
      'Again: Off.',
      'Again: Off.',
      'Off.',
    ])
  })

  it('takes whichever of the two nobody has read lately', async () => {
    const { answer, clock, said } = answersFixture()
    for (const pauseMs of [20 * SECOND, 15 * SECOND, 20 * SECOND, 0]) {
      answer('Off.')
      said.at(-1)?.end('said')
      await clock.advance(pauseMs)
    }
    expect(said.map(({ text }) => text)).toEqual(['Off.', 'Again: Off.', 'Off.', 'Again: Off.'])
  })

  it('says nothing of that to who was not answered before, or by another account', async () => {
    const muted: string[] = []
    const { answer, said } = answersFixture({ muted })
    answer('Off.')
    answer('Off.')
    said[1]?.end('refused')
    await settle()
    answer('Off.')
    said[2]?.end('said')
    await settle()
    muted.push('ava')
    answer('Off.')
    expect(said.map(({ bot, text }) => [bot, text])).toEqual([
      ...[1, 2, 3].map(() => ['ava', 'Off.']),
      ['ben', 'Off.'],
    ])
  })

  it('is left out where no safe text is left', () => {
    const { answer, said } = answersFixture()
    answer('unsafe')
    expect(said).toEqual([])
  })
})
