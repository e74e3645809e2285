import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toBots } from '../../src/config-schema.js'
import { toMessageId } from '../../src/domain.js'
import { seededRandom } from '../../src/random.js'
import { Orchestrator, type OrchestratorOptions } from '../../src/routing/orchestrator.js'
import { chatMessage } from '../support/chat-message.js'

const bots = toBots([
  { login: 'ava' },
  { login: 'geneJacqueman', aliases: ['gene'] },
  { login: 'mute', talkativeness: 0 },
])
const orchestrator = (options: Partial<OrchestratorOptions> = {}) =>
  new Orchestrator({ bots, random: seededRandom(7), ...options })

describe('a line', () => {
  it('that mentions bots is answered by every one of them, after one to three seconds each', () => {
    const decisions = orchestrator().decide(chatMessage('@ava and @genejacqueman: tea or coffee?'))
    expect(decisions).toMatchObject([
      { kind: 'reply', bot: 'ava', cause: 'mention' },
      { kind: 'reply', bot: 'geneJacqueman', cause: 'mention' },
    ])
    for (const decision of decisions) {
      expect(decision.kind === 'reply' && decision.delayMs).toBeGreaterThanOrEqual(1000)
      expect(decision.kind === 'reply' && decision.delayMs).toBeLessThanOrEqual(3000)
    }
  })

  it('that replies to a bot’s line is answered by it, in any case of its login', () => {
    const line = chatMessage('why?', { replyTo: { id: toMessageId('x'), login: 'genejacqueman' } })
    expect(orchestrator().decide(line)).toMatchObject([{ bot: 'geneJacqueman', cause: 'mention' }])
  })

  it('is met with silence when it was drawn and tokens run low, but a mention never is', () => {
    const decide = orchestrator({ replies: { chance: 0.5 }, areTokensLow: () => true })
    const free = orchestrator({ replies: { chance: 0.5 } })
    const lines = Array.from({ length: 40 }, () => chatMessage('nice weather'))
    const silences = lines.flatMap((line) => decide.decide(line))
    expect(new Set(silences.map((each) => each.kind === 'silence' && each.reason))).toEqual(
      new Set(['token-limit', 'not-drawn']),
    )
    for (const each of silences) {
      const isDrawn = each.kind === 'silence' && each.reason === 'token-limit'
      expect((each as { draw: number }).draw < 0.5).toBe(isDrawn)
    }
    expect(lines.flatMap((line) => free.decide(line)).some(({ kind }) => kind === 'reply')).toBe(true)
    expect(decide.decide(chatMessage('@ava hi'))).toMatchObject([{ kind: 'reply', cause: 'mention' }])
  })

  it('that was drawn yields while mentions wait for longer than 5 s in the lane of its bot, and says how long', () => {
    const decide = orchestrator({ replies: { chance: 1 } })
    const decideWith = (waitMs: number) => decide.decide(chatMessage('nice play'), { waitMs: () => waitMs })
    expect(decideWith(5000)).toMatchObject([{ kind: 'reply', cause: 'chance' }])
    expect(decideWith(5001)).toEqual([
      {
        kind: 'silence',
        reason: 'yielded',
        draw: expect.any(Number),
        bot: expect.stringMatching(/^(ava|geneJacqueman)$/),
        waitMs: 5001,
      },
    ])
  })

  it('yields in the lane of the drawn bot alone, and a mention never does', () => {
    const decide = orchestrator({ replies: { chance: 1 } })
    const waitMs = (bot: string) => (bot === 'ava' ? 60_000 : 0)
    const decisions = Array.from({ length: 40 }, () => decide.decide(chatMessage('hm'), { waitMs })).flat()
    const outcomes = decisions.map(
      (each) => `${each.kind === 'reply' || each.reason === 'yielded' ? each.bot : ''} ${each.kind}`,
    )
    expect(new Set(outcomes)).toEqual(new Set(['ava silence', 'geneJacqueman reply']))
    expect(decide.decide(chatMessage('@ava hi'), { waitMs })).toMatchObject([{ cause: 'mention' }])
  })

  it('is drawn as often as ever while drawn ones yield: the chance is that of the configuration', () => {
    const busy = orchestrator({ replies: { chance: 0.25 } })
    const lines = Array.from({ length: 4000 }, () => chatMessage('nice play'))
    const decisions = lines.flatMap((line) => busy.decide(line, { waitMs: () => 60_000 }))
    for (const decision of decisions) {
      expect(decision.kind === 'silence' && decision.reason).toBe(
        (decision as { draw: number }).draw < 0.25 ? 'yielded' : 'not-drawn',
      )
    }
    const yielded = decisions.filter((each) => each.kind === 'silence' && each.reason === 'yielded')
    expect(yielded.length / decisions.length).toBeCloseTo(0.25, 1)
  })

  it('yields to nobody where the configuration says so', () => {
    const decide = orchestrator({ replies: { chance: 1, yield: false } })
    expect(decide.decide(chatMessage('hm'), { waitMs: () => 60_000 })).toMatchObject([{ kind: 'reply' }])
  })

  it('that yields to an endless wait is data that survives JSON', () => {
    const decide = orchestrator({ replies: { chance: 1 } })
    const decisions = decide.decide(chatMessage('hm'), { waitMs: () => Number.POSITIVE_INFINITY })
    expect(JSON.parse(JSON.stringify(decisions))).toEqual(decisions)
    expect(decisions).toMatchObject([{ reason: 'yielded', waitMs: 86_400_000 }])
  })

  it('that starts with a command prefix is a command, unless it mentions a bot', () => {
    expect(orchestrator().decide(chatMessage('!uptime'))).toEqual([{ kind: 'silence', reason: 'command' }])
    expect(orchestrator().decide(chatMessage('!ask @ava why'))).toMatchObject([
      { bot: 'ava', cause: 'mention' },
    ])
  })

  it.each([
    ['moderator', { moderator: true }],
    ['broadcaster', { broadcaster: true }],
  ])('with a command by a %s is a matter of control, also when it names a bot', (_name, roles) => {
    const decide = (text: string) => orchestrator().decide(chatMessage(text, { roles }))
    for (const text of ['!bots off', ' !BOTS  what?', '!bots mute @ava 5'])
      expect(decide(text)).toEqual([{ kind: 'silence', reason: 'control' }])
    expect(decide('@ava !bots off')).toMatchObject([{ kind: 'reply', cause: 'mention' }])
  })

  it('with a command by anybody else is a command, whatever prefixes others have; a mention in it is one', () => {
    const decide = orchestrator({ ignore: { commandPrefixes: [] }, replies: { chance: 1 } })
    const roles = { vip: true, subscriber: true }
    expect(decide.decide(chatMessage('!bots off', { roles }))).toEqual([
      { kind: 'silence', reason: 'command' },
    ])
    expect(decide.decide(chatMessage('!bots mute @ava'))).toMatchObject([{ bot: 'ava', cause: 'mention' }])
  })

  it.each([
    ['mirrored', { isMirrored: true }],
    ['own-bot', { login: 'ava' }],
    ['known-bot', { login: 'nightbot' }],
    ['ignored-user', { login: 'troll' }],
  ])('is no command for us when it is %s, whatever badges it has', (reason, parts) => {
    const decide = orchestrator({ ignore: { users: ['troll'] } })
    const roles = { moderator: true, broadcaster: true }
    expect(decide.decide(chatMessage('!bots off', { ...parts, roles }))).toEqual([
      { kind: 'silence', reason },
    ])
  })

  it.each([
    ['own-bot', { login: 'genejacqueman' }],
    ['known-bot', { login: 'nightbot' }],
    ['ignored-user', { login: 'troll' }],
    ['mirrored', { isMirrored: true }],
  ])('is met with silence even when it mentions a bot: %s', (reason, parts) => {
    const decide = orchestrator({ ignore: { users: ['Troll'] } })
    expect(decide.decide(chatMessage('@ava hello', parts))).toEqual([{ kind: 'silence', reason }])
  })

  it('of nobody’s name is answered with the chance of the configuration, and every draw is recorded', () => {
    const decide = orchestrator({ replies: { chance: 0.25 } })
    const decisions = Array.from({ length: 10_000 }, () => decide.decide(chatMessage('nice play'))).flat()
    const drawn = decisions.filter(({ kind }) => kind === 'reply')
    expect(drawn.length / decisions.length).toBeCloseTo(0.25, 1)
    expect(decisions.every((decision) => 'draw' in decision)).toBe(true)
  })

  it('is answered after the pause of its kind', () => {
    const replies = { chance: 1, delays: { chance: [6, 7] as [number, number] } }
    const [decision] = orchestrator({ replies }).decide(chatMessage('nice play'))
    expect(decision?.kind === 'reply' && decision.delayMs / 1000).toBeGreaterThanOrEqual(6)
  })
})

describe('the bot of a chance reply', () => {
  it('is drawn by talkativeness, and one with none is never drawn', () => {
    const talkers = toBots([
      { login: 'a', talkativeness: 3 },
      { login: 'b' },
      { login: 'c', talkativeness: 0 },
    ])
    const decide = orchestrator({ bots: talkers, replies: { chance: 1 } })
    const counts = new Map<string, number>()
    for (let i = 0; i < 8000; i++) {
      for (const decision of decide.decide(chatMessage('hm'))) {
        if (decision.kind === 'reply') counts.set(decision.bot, (counts.get(decision.bot) ?? 0) + 1)
      }
    }
    expect((counts.get('a') ?? 0) / (counts.get('b') ?? 1)).toBeCloseTo(3, 0)
    expect(counts.has('c')).toBe(false)
  })

  it('is nobody when no bot talks', () => {
    const decide = orchestrator({ bots: toBots([{ login: 'a', talkativeness: 0 }]), replies: { chance: 1 } })
    expect(decide.decide(chatMessage('hm'))).toMatchObject([{ kind: 'silence', reason: 'no-talker' }])
  })
})

describe('for any line', () => {
  it('there is a decision, at most one per bot, and the same seed decides the same', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme-ascii' }),
        fc.integer(),
        (text, login, seed) => {
          const message = chatMessage(text, { login: login || 'x' })
          const decide = () => orchestrator({ random: seededRandom(seed) }).decide(message)
          const decisions = decide()
          expect(decisions.length).toBeGreaterThan(0)
          const repliers = decisions.flatMap((decision) => (decision.kind === 'reply' ? [decision.bot] : []))
          expect(new Set(repliers).size).toBe(repliers.length)
          expect(decide()).toEqual(decisions)
        },
      ),
    )
  })
})
