import type { Server } from 'node:http'
import { ChorusError } from '../../errors.js'

/** Where to listen; a port that nobody asked for may give way. */
export interface Address {
  readonly host: string
  readonly port: { readonly number: number; readonly isSet: boolean }
}

/** Ports tried from the default one on, before the machine counts as full. */
const PORTS_MAX = 100

/**
 * Listens, and resolves with the port.
 *
 * @throws ChorusError `port-taken` when another program has the port that was asked for, or all that were tried;
 * `port-refused` when the machine does not give it
 */
export async function listen(server: Server, { host, port }: Address): Promise<number> {
  const count = port.isSet ? 1 : PORTS_MAX
  for (let number = port.number; number < port.number + count; number++) {
    const taken = await tryToListen(server, host, number)
    if (taken === undefined) return portOf(server)
  }
  const what = port.isSet ? `Port ${port.number}` : `Every port from ${port.number} on`
  throw new ChorusError('port-taken', `${what} on ${host} is taken by another program.`)
}

/** Resolves with the error where another program has the port. */
function tryToListen(server: Server, host: string, port: number): Promise<Error | undefined> {
  return new Promise((resolve, reject) => {
    const end = () => {
      server.off('error', failed)
      server.off('listening', done)
    }
    const failed = (error: NodeJS.ErrnoException) => {
      end()
      if (error.code === 'EADDRINUSE') return resolve(error)
      const text = `The control room can’t listen on ${host}, port ${port}: ${error.code ?? error.message}.`
      reject(new ChorusError('port-refused', text, { cause: error }))
    }
    const done = () => {
      end()
      resolve(undefined)
    }
    server.on('error', failed)
    server.on('listening', done)
    server.listen(port, host)
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new TypeError('it does not listen on a port')
  return address.port
}
