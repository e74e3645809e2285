import { describe, expect, it } from 'vitest'
import { FaultScript, SCRIPT_MAX } from '../../src/simulator/model-faults.js'
import { ManualClock } from '../support/manual-clock.js'
import { ask, modelServers } from '../support/model-server.js'

const startModel = modelServers()

describe('the faults of the built-in model', () => {
  it('are used up one by one, and "none" lets one through', async () => {
    const model = await startModel()
    model.script({ kind: 'server-error' }, { kind: 'none' }, { kind: 'unauthorized' })
    const statuses: number[] = []
    for (let i = 0; i < 4; i++) statuses.push((await ask(model)).status)
    expect(statuses).toEqual([500, 200, 401, 200])
  })

  it('hold until they are changed', async () => {
    const model = await startModel()
    model.always({ kind: 'server-error' })
    expect([(await ask(model)).status, (await ask(model)).status]).toEqual([500, 500])
    model.always(undefined)
    expect((await ask(model)).status).toBe(200)
    model.script({ kind: 'server-error' })
    model.heal()
    expect((await ask(model)).status).toBe(200)
  })

  it('hold for a while of the clock', async () => {
    const clock = new ManualClock()
    const model = await startModel({ clock })
    model.during(60_000, { kind: 'server-error', status: 503 })
    expect((await ask(model)).status).toBe(503)
    await clock.advance(59_999)
    expect((await ask(model)).status).toBe(503)
    await clock.advance(1)
    expect((await ask(model)).status).toBe(200)
  })

  it('can not be scripted without end', () => {
    const script = new FaultScript()
    script.push(Array.from({ length: SCRIPT_MAX }, () => ({ kind: 'none' as const })))
    expect(() => script.push([{ kind: 'none' }])).toThrow(RangeError)
  })
})
