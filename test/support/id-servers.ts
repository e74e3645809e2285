import { afterEach } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { seededRandom } from '../../src/random.js'
import { IdSimulator, type IdSimulatorOptions } from '../../src/simulator/id-simulator.js'

/** Gives the file's tests a function that starts a server for sign-in; each test's end stops them. */
export function idServers(): (options?: Partial<IdSimulatorOptions>) => Promise<IdSimulator> {
  const started: IdSimulator[] = []
  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()))
  })
  return async (options = {}) => {
    const server = new IdSimulator({ clock: systemClock(), random: seededRandom(1), ...options })
    started.push(server)
    await server.start()
    return server
  }
}
