import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { type Clock, SECOND } from '../clock.js'
import { ALIVE } from '../control-room/routes/health-routes.js'
import { bracketed } from '../control-room/web/guard.js'
import type { Environment } from '../environment.js'
import { type Finding, failed, note, ok, toFailure } from './finding.js'

/** Clocks that differ by more than this are wrong: an answer may have been a while on its way. */
const CLOCK_MAX_MS = 10 * SECOND
const CLOCK_DEADLINE_MS = 5 * SECOND
const PORT_DEADLINE_MS = 5 * SECOND

/** @param wanted what package.json asks for, such as `>=20.19` */
export function checkNode(running: string, wanted: string): Finding {
  const oldest = wanted.replace(/^>=\s*/, '')
  const isOld = running.localeCompare(oldest, 'en', { numeric: true }) < 0
  return isOld
    ? failed(`Node ${running} is too old`, `Install Node ${oldest} or newer from https://nodejs.org.`)
    : ok(`Node ${running}`)
}

/** Writes a file into the data folder and takes it away again. */
export function checkDataFolder(dataDir: string | undefined): Finding {
  if (dataDir === undefined) return note('nothing is kept: there is no data folder')
  const file = path.join(dataDir, `.doctor-${process.pid}`)
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(file, 'a look')
    rmSync(file)
    return ok(`data folder ${dataDir} can be written to`)
  } catch (error) {
    const advice =
      'Give this user the right to write there, make room on the disk, or set CHORUS_DATA_DIR to another folder.'
    return { ...toFailure(`data folder ${dataDir} can’t be written to`, error), advice }
  }
}

/**
 * Whether the port of the control room is free. Beside a running Chorus it is well that one has it.
 *
 * @param isRunning whether a Chorus runs on the data folder
 */
export async function checkPort(
  { host, port }: Pick<Environment, 'host' | 'port'>,
  isRunning: boolean,
): Promise<Finding> {
  const where = `port ${port.number} on ${host}`
  const error = await listenError(host, port.number)
  if (error === undefined) return ok(`${where} is free`)
  if (error.code !== 'EADDRINUSE') return toFailure(`${where} can’t be opened`, error)
  if (isRunning && (await isChorus(host, port.number))) return ok(`${where} is the running Chorus’s`)
  if (!port.isSet) return note(`${where} is taken: the next free one will be used`)
  const advice = isRunning
    ? 'No Chorus answers there: stop the other program, or set another PORT.'
    : 'Stop the other program, a running Chorus perhaps, or set another PORT.'
  return failed(`${where} is taken`, advice)
}

/** What keeps this process from listening there; undefined: nothing. */
function listenError(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}

/** Whether it is a control room that answers there: anybody may ask `/healthz`. */
async function isChorus(host: string, port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://${bracketed(host)}:${port}/healthz`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(PORT_DEADLINE_MS),
    })
    return answer.ok && (await answer.text()) === JSON.stringify(ALIVE)
  } catch {
    return false
  }
}

/** Holds this machine's clock against that of a server, which tells its own with every answer. */
export async function checkClock(url: string | undefined, clock: Clock): Promise<Finding> {
  if (url === undefined) return note('the clock can’t be compared: there is no server to ask')
  try {
    const startedMs = clock.wall()
    const answer = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(CLOCK_DEADLINE_MS),
    })
    const theirsMs = Date.parse(answer.headers.get('date') ?? '')
    if (Number.isNaN(theirsMs)) return note('the clock can’t be compared: the server does not tell its own')
    // The header is in whole seconds, and of some moment between question and answer.
    const offMs = Math.max(startedMs - theirsMs - SECOND, theirsMs - clock.wall(), 0)
    const off = `the clock differs by ${Math.round(offMs / SECOND)} s from that of ${new URL(url).host}`
    return offMs > CLOCK_MAX_MS ? failed(off, 'Let the machine set its clock by the network.') : ok(off)
  } catch {
    return note(`the clock can’t be compared: ${new URL(url).host} does not answer`)
  }
}
