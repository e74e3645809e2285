import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, it } from 'vitest'
import { every, systemClock } from '../src/clock.js'
import { ManualClock } from './support/manual-clock.js'

it('runs something again and again until it is cancelled, also in the middle of its own run', async () => {
  const clock = new ManualClock()
  let runs = 0
  const cancel = every(clock, 100, () => {
    runs += 1
    if (runs === 3) cancel()
  })
  await clock.advance(1000)
  expect(runs).toBe(3)
  expect(clock.pendingTimers).toBe(0)
})

it('counts from the start of the machine, so that two clocks of one factor agree', () => {
  const [before, other, after] = [systemClock(), systemClock(), systemClock()].map((clock) => clock.now())
  expect(before).toBeLessThanOrEqual(other ?? 0)
  expect(other).toBeLessThanOrEqual(after ?? 0)
})

it.each([1, 30])('runs a timer never early, by its own count (%i times as fast)', async (factor) => {
  const clock = systemClock(factor)
  const early: number[] = []
  const timers = Array.from({ length: 300 }, (_, index) => {
    const [sinceMs, ms] = [clock.now(), (5 + index * 0.1) * factor]
    return new Promise<void>((resolve) =>
      clock.after(ms, () => {
        const left = ms - (clock.now() - sinceMs)
        if (left > 0) early.push(left)
        resolve()
      }),
    )
  })
  await Promise.all(timers)
  expect(early).toEqual([])
})

it('lets a process that stood still read what came in, before it runs what fell due', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [[peer]] = await Promise.all([once(server, 'connection'), once(client, 'connect')])
  const clock = systemClock()
  const order: string[] = []
  client.on('data', () => order.push('answer'))
  await new Promise<void>((resolve) =>
    // From here Node goes on to its timers.
    setImmediate(() => {
      clock.after(10, () => {
        order.push('deadline')
        resolve()
      })
      clock.after(10, () => order.push('cancelled'))()
      peer.write('here it is')
      const sinceMs = clock.now()
      while (clock.now() - sinceMs < 30);
    }),
  )
  client.destroy()
  server.close()
  expect(order).toEqual(['answer', 'deadline'])
})

it('can take a timer back until the moment it runs', async () => {
  const clock = systemClock()
  const order: string[] = []
  await new Promise<void>((resolve) => {
    const last = clock.now() + 5
    clock.after(last - clock.now(), () => {
      order.push('first')
      cancel()
      clock.after(5, resolve)
    })
    const cancel = clock.after(last - clock.now(), () => order.push('second'))
    while (clock.now() <= last);
  })
  expect(order).toEqual(['first'])
})
