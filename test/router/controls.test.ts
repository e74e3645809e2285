import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../src/clock.js'
import { toBotLogin } from '../../src/domain.js'
import { type ControlState, Controls } from '../../src/router/controls.js'
import { ManualClock, settle } from '../support/manual-clock.js'

const AVA = toBotLogin('ava')
const GENE = toBotLogin('geneJacqueman')

function controlsFixture() {
  const clock = new ManualClock()
  const told: { state: ControlState; by: string | undefined }[] = []
  const controls: Controls = new Controls({
    bots: [AVA, GENE],
    clock,
    onChange: (by) => told.push({ state: controls.state, by }),
  })
  return { controls, clock, told }
}

const USUAL = { isCalm: false, isChancePaused: false, muted: [] }

describe('a mute', () => {
  it('names the bot as the configuration does, in whatever case it was given', () => {
    const { controls } = controlsFixture()
    controls.mute('GENEJACQUEMAN')
    expect(controls.state.muted).toMatchObject([{ bot: 'geneJacqueman' }])
    expect(controls.mutedReason(toBotLogin('GeneJacqueman'))).toMatch(/muted/)
    expect(controls.mutedReason(AVA)).toBeUndefined()
  })

  it('of some minutes ends by itself, and that is told', async () => {
    const { controls, clock, told } = controlsFixture()
    controls.mute('ava', 1.5)
    await clock.advance(MINUTE)
    expect(controls.state.muted).toMatchObject([{ bot: 'ava', leftMs: 0.5 * MINUTE }])
    await clock.advance(0.5 * MINUTE)
    expect(controls.mutedReason(AVA)).toBeUndefined()
    expect(told.at(-1)).toEqual({ state: USUAL, by: undefined })
    expect(told).toHaveLength(2)
  })

  it('without minutes lasts until it is taken back', async () => {
    const { controls, clock } = controlsFixture()
    controls.mute('ava')
    await clock.advance(100_000 * MINUTE)
    expect(controls.state.muted).toEqual([{ bot: 'ava', reason: expect.any(String) }])
    controls.unmute('AVA')
    expect(controls.state).toEqual(USUAL)
  })

  it.each([
    ['longer', 1, 5],
    ['shorter', 5, 1],
  ])('takes the place of the one before it: %s', async (_name, first, second) => {
    const { controls, clock, told } = controlsFixture()
    controls.mute('ava', first)
    controls.mute('ava', second)
    await clock.advance(second * MINUTE - 1)
    expect(controls.mutedReason(AVA)).toBeDefined()
    await clock.advance(1)
    expect(controls.mutedReason(AVA)).toBeUndefined()
    await clock.advance(10 * MINUTE)
    expect(told).toHaveLength(3)
  })

  it('of a bot that is none names those that there are', () => {
    const { controls, told } = controlsFixture()
    expect(() => controls.mute('nobody')).toThrow(RangeError)
    expect(() => controls.unmute('nobody')).toThrow(/ava, geneJacqueman/)
    expect(told).toEqual([])
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 10_080.5])('does not last %d minutes', (minutes) => {
    const { controls } = controlsFixture()
    expect(() => controls.mute('ava', minutes)).toThrow(RangeError)
    expect(controls.state).toEqual(USUAL)
  })

  it('may last a week', () => {
    const { controls } = controlsFixture()
    controls.mute('ava', 10_080)
    expect(controls.state.muted).toMatchObject([{ leftMs: 7 * 24 * 60 * MINUTE }])
  })

  it('leaves no timer behind when it is lifted, and none at the stop', () => {
    const { controls, clock } = controlsFixture()
    controls.mute('ava', 5)
    controls.unmute('ava')
    expect(clock.pendingTimers).toBe(0)
    controls.mute('ava', 5)
    controls.stop()
    controls.mute(GENE, 5)
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('the controls', () => {
  it('tell each change once, with how everything stands then and who asked for it', () => {
    const { controls, told } = controlsFixture()
    controls.calm(true, 'mod')
    controls.calm(true, 'mod')
    controls.setChance(0.5)
    controls.setChance(0.5)
    controls.pauseChance(true)
    controls.pauseChance(true)
    controls.unmute('ava')
    expect(told).toEqual([
      { state: { ...USUAL, isCalm: true }, by: 'mod' },
      { state: { ...USUAL, isCalm: true, chance: 0.5 }, by: undefined },
      { state: { isCalm: true, isChancePaused: true, chance: 0.5, muted: [] }, by: undefined },
    ])
  })

  it('mute everybody, and bring everything back to what is configured, each in one change', () => {
    const { controls, clock, told } = controlsFixture()
    controls.mute('ava', 5)
    controls.calm(true)
    controls.pauseChance(true)
    controls.setChance(0)
    controls.muteAll('mod')
    expect(
      told
        .at(-1)
        ?.state.muted.map(({ bot }) => bot)
        .sort(),
    ).toEqual(['ava', 'geneJacqueman'])
    controls.reset('mod')
    expect(told.at(-1)).toEqual({ state: USUAL, by: 'mod' })
    expect(told).toHaveLength(6)
    expect(clock.pendingTimers).toBe(0)
  })

  it.each([-0.1, 1.1, Number.NaN])('take %d for no chance', (chance) => {
    const { controls } = controlsFixture()
    expect(() => controls.setChance(chance)).toThrow(RangeError)
    expect(controls.state).toEqual(USUAL)
  })

  it('are plain data', () => {
    const { controls } = controlsFixture()
    controls.mute('ava', 5)
    controls.mute(GENE)
    controls.setChance(0)
    expect(JSON.parse(JSON.stringify(controls.state))).toEqual(controls.state)
  })
})

describe('whoever waits for a muted bot', () => {
  it('goes on when it talks again, not when another one does, in the order they came', async () => {
    const { controls } = controlsFixture()
    const gone: number[] = []
    controls.muteAll()
    const { signal } = new AbortController()
    for (const place of [1, 2, 3]) void controls.mayTalk(AVA, signal).then(() => gone.push(place))
    controls.unmute(GENE)
    await settle()
    expect(gone).toEqual([])
    controls.unmute('ava')
    await settle()
    expect(gone).toEqual([1, 2, 3])
  })

  it('does not wait for one that may talk', async () => {
    const { controls } = controlsFixture()
    await expect(controls.mayTalk(AVA, new AbortController().signal)).resolves.toBeUndefined()
  })

  it('waits no longer when its signal is aborted', async () => {
    const { controls } = controlsFixture()
    controls.mute('ava')
    const stopping = new AbortController()
    const waiting = controls.mayTalk(AVA, stopping.signal)
    stopping.abort(new Error('withdrawn'))
    await expect(waiting).rejects.toThrow('withdrawn')
    await expect(controls.mayTalk(AVA, stopping.signal)).rejects.toThrow('withdrawn')
  })
})
