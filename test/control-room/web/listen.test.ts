import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { listen } from '../../../src/control-room/web/listen.js'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

function server(): Server {
  const made = createServer()
  servers.push(made)
  return made
}

const on = (number: number, isSet: boolean) => ({ host: '127.0.0.1', port: { number, isSet } })
/** A port that is taken, and whose next one is free, as far as anybody can know. */
const taken = () => listen(server(), on(0, true))

describe('a port', () => {
  test('that was asked for is taken as it is', async () => {
    const free = server()
    const port = await listen(free, on(0, true))
    await new Promise((resolve) => free.close(resolve))
    expect(await listen(server(), on(port, true))).toBe(port)
  })

  test('0 is any free one, each time another', async () => {
    const ports = [await taken(), await taken()]
    expect(ports.every((port) => port > 0)).toBe(true)
    expect(new Set(ports).size).toBe(2)
  })

  test('that was asked for and is taken is refused, with what to do', async () => {
    const port = await taken()
    await expect(listen(server(), on(port, true))).rejects.toMatchObject({
      code: 'port-taken',
      message: `Port ${port} on 127.0.0.1 is taken by another program.`,
      advice: expect.stringContaining('another port'),
    })
  })

  test('that nobody asked for and is taken gives way to the next free one', async () => {
    const port = await taken()
    const next = await listen(server(), on(port, false))
    expect(next).toBeGreaterThan(port)
    expect(next).toBeLessThan(port + 100)
  })

  test.each(['203.0.113.7', 'no-such-host.invalid'])(
    'on a host that is not this machine is refused: %s',
    async (host) => {
      const address = { host, port: { number: 0, isSet: true } }
      await expect(listen(server(), address)).rejects.toMatchObject({ code: 'port-refused' })
    },
  )
})
