import { describe, expect, it } from 'vitest'
import type { Clock } from '../../src/clock.js'
import { ChorusEmitter } from '../../src/events.js'
import { TokenCeiling } from '../../src/reply/token-ceiling.js'
import type { TokenUse } from '../../src/token-use.js'

const HOUR = 3_600_000
const NOON = Date.UTC(2026, 10, 1, 12)

/** A ceiling of 1,000 on a wall clock that the test sets. */
function setUp(options: { readonly perDay?: number; readonly stored?: TokenUse } = {}) {
  const at = { wallMs: NOON, saved: options.stored, told: [] as string[] }
  const clock: Clock = { now: () => 0, wall: () => at.wallMs, after: () => () => {} }
  const events = new ChorusEmitter()
  events.on('tokens:low', ({ day, tokens, perDay }) => at.told.push(`low ${day} ${tokens}/${perDay}`))
  events.on('tokens:spent', ({ day, tokens, perDay }) => at.told.push(`spent ${day} ${tokens}/${perDay}`))
  const build = () => {
    const ceiling = new TokenCeiling({
      perDay: options.perDay ?? 1000,
      store: {
        load: () => at.saved,
        save: (use) => {
          at.saved = use
        },
      },
      clock,
      events,
    })
    ceiling.restore()
    return ceiling
  }
  return Object.assign(at, { build, ceiling: build() })
}

describe('the tokens of a day', () => {
  it('run low at 80 % and are spent at 100 %, each told once', () => {
    const at = setUp()
    at.ceiling.spend(799)
    expect(at.ceiling.level).toBe('enough')
    at.ceiling.spend(1)
    expect(at.ceiling.level).toBe('low')
    at.ceiling.spend(199)
    expect(at.ceiling.level).toBe('low')
    at.ceiling.spend(1)
    at.ceiling.spend(500)
    expect(at.ceiling.level).toBe('spent')
    expect(at.told).toEqual(['low 2026-11-01 800/1000', 'spent 2026-11-01 1000/1000'])
    expect(at.ceiling.status()).toEqual({ day: '2026-11-01', tokens: 1500, perDay: 1000, level: 'spent' })
  })

  it('are as many as one likes where the ceiling is 0', () => {
    const at = setUp({ perDay: 0 })
    at.ceiling.spend(1e9)
    expect(at.ceiling.status()).toMatchObject({ level: 'enough', tokens: 1e9 })
    expect(at.told).toEqual([])
  })

  it('begin anew on the next day of UTC, and are told of again', () => {
    const at = setUp()
    at.ceiling.spend(1000)
    at.wallMs = NOON + 12 * HOUR - 1
    expect(at.ceiling.level).toBe('spent')
    at.wallMs += 1
    expect(at.ceiling.status()).toMatchObject({ day: '2026-11-02', tokens: 0, level: 'enough' })
    at.ceiling.spend(900)
    expect(at.told.at(-1)).toBe('low 2026-11-02 900/1000')
  })

  it.each([
    ['an hour', HOUR],
    ['over midnight', 13 * HOUR],
    ['months', 100 * 24 * HOUR],
  ])('are not given twice by a clock that goes back by %s', (_, backMs) => {
    const at = setUp()
    at.ceiling.spend(1000)
    at.wallMs -= backMs
    expect(at.ceiling.level).toBe('spent')
    at.wallMs += HOUR / 2
    expect(at.ceiling.level).toBe('spent')
  })

  it('do not wait for a day that a wrong clock has named', () => {
    const at = setUp()
    at.wallMs = Date.UTC(2036, 0, 1)
    at.ceiling.spend(1000)
    at.wallMs = NOON
    expect(at.ceiling.level).toBe('spent')
    at.wallMs = NOON + 24 * HOUR
    expect(at.ceiling.level).toBe('enough')
  })

  it('outlive a restart, without being told of again', () => {
    const at = setUp()
    at.ceiling.spend(850)
    expect(at.saved).toEqual({ day: '2026-11-01', tokens: 850 })
    const again = at.build()
    expect(again.level).toBe('low')
    again.spend(10)
    expect(at.told).toHaveLength(1)
    at.wallMs += 24 * HOUR
    expect(at.build().level).toBe('enough')
  })

  it.each([
    { day: 'yesterday', tokens: 5 },
    { day: '2026-11-01', tokens: Number.NaN },
    { day: '2026-11-01', tokens: -1 },
  ])('begin with nothing where what was stored makes no sense: %o', (stored) => {
    expect(setUp({ stored }).ceiling.status()).toMatchObject({ day: '2026-11-01', tokens: 0 })
  })
})
