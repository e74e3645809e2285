import { describe, expect, it } from 'vitest'
import { toBots } from '../../src/config-schema.js'
import { seededRandom } from '../../src/random.js'
import { Orchestrator, type OrchestratorOptions } from '../../src/routing/orchestrator.js'
import { raidOf } from '../support/raid.js'

const bots = toBots([
  { login: 'ava', talkativeness: 3 },
  { login: 'ben' },
  { login: 'shy', talkativeness: 0 },
])
const greeter = (options: Partial<OrchestratorOptions> = {}) =>
  new Orchestrator({ bots, random: seededRandom(5), replies: { greetRaids: true }, ...options })

describe('the viewers of a raid', () => {
  it('are greeted by one bot, drawn by talkativeness, after four to eight seconds', () => {
    const orchestrator = greeter()
    const counts = new Map<string, number>()
    for (let i = 0; i < 2000; i++) {
      const decision = orchestrator.decideRaid(raidOf())
      if (decision.kind !== 'reply') throw new Error(decision.reason)
      expect(decision.cause).toBe('low')
      expect(decision.delayMs).toBeGreaterThanOrEqual(4000)
      expect(decision.delayMs).toBeLessThanOrEqual(8000)
      counts.set(decision.bot, (counts.get(decision.bot) ?? 0) + 1)
    }
    expect((counts.get('ava') ?? 0) / (counts.get('ben') ?? 1)).toBeCloseTo(3, 0)
    expect(counts.has('shy')).toBe(false)
  })

  it('are greeted by nobody unless the configuration wants it', () => {
    const orchestrator = new Orchestrator({ bots, random: seededRandom(5) })
    expect(orchestrator.decideRaid(raidOf())).toEqual({ kind: 'silence', reason: 'not-greeted' })
  })

  it('that went to another channel of a shared chat are greeted there', () => {
    expect(greeter().decideRaid(raidOf({ isMirrored: true }))).toEqual({
      kind: 'silence',
      reason: 'mirrored',
    })
  })

  it.each([
    ['calm', { isCalm: true }],
    ['token-limit', { areTokensLow: true }],
    ['no-talker', { isMuted: () => true }],
  ])('are not greeted in times of %s', (reason, known) => {
    expect(greeter().decideRaid(raidOf(), known)).toEqual({ kind: 'silence', reason })
  })

  it('are not greeted by a muted bot', () => {
    const orchestrator = greeter()
    for (let i = 0; i < 50; i++)
      expect(orchestrator.decideRaid(raidOf(), { isMuted: (bot) => bot === 'ava' })).toMatchObject({
        bot: 'ben',
      })
  })
})
