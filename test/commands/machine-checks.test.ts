import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Clock, MINUTE, systemClock } from '../../src/clock.js'
import { formatFinding } from '../../src/commands/finding.js'
import { checkClock, checkDataFolder, checkNode, checkPort } from '../../src/commands/machine-checks.js'

describe('the doctor', () => {
  it.each([
    ['20.18.3', 'failed'],
    ['20.19.0', 'ok'],
    ['22.0.0', 'ok'],
    ['9.99.9', 'failed'],
  ])('finds Node %s %s', (version, state) => {
    expect(checkNode(version, '>=20.19').state).toBe(state)
  })

  it('makes the data folder, and leaves nothing in it', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'chorus-doctor-'))
    expect(checkDataFolder(path.join(folder, 'data')).state).toBe('ok')
    expect(readdirSync(path.join(folder, 'data'))).toEqual([])
    writeFileSync(path.join(folder, 'file'), '')
    expect(checkDataFolder(path.join(folder, 'file'))).toMatchObject({
      state: 'failed',
      advice: expect.stringContaining('CHORUS_DATA_DIR'),
    })
    rmSync(folder, { recursive: true })
  })

  it('finds a port that is taken: a fault only where somebody asked for that one', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const look = (isSet: boolean) => checkPort({ host: '127.0.0.1', port: { number: port, isSet } }, false)
    expect(await look(true)).toMatchObject({ state: 'failed', advice: expect.stringContaining('PORT') })
    expect(await look(false)).toMatchObject({ state: 'note' })
    await new Promise((resolve) => server.close(resolve))
    expect(await look(true)).toMatchObject({ state: 'ok' })
  })

  it('finds a port well that the running Chorus has, and a fault that somebody else has it beside one', async () => {
    let body = '{"status":"alive"}'
    const server = createServer((_, response) => response.end(body)).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port: number } = server.address() as AddressInfo
    const look = (isRunning: boolean, isSet = true) =>
      checkPort({ host: '127.0.0.1', port: { number, isSet } }, isRunning)
    expect(await look(true)).toMatchObject({ state: 'ok', text: expect.stringContaining('running Chorus') })
    expect(await look(false)).toMatchObject({ state: 'failed' })
    body = 'hello'
    expect(await look(true)).toMatchObject({ state: 'failed', advice: expect.stringContaining('No Chorus') })
    expect(await look(true, false)).toMatchObject({ state: 'note' })
    await new Promise((resolve) => server.close(resolve))
  })

  it('holds the clock against that of a server', async () => {
    const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const clock = systemClock()
    const off = (minutes: number): Clock => ({ ...clock, wall: () => clock.wall() + minutes * MINUTE })
    expect((await checkClock(url, clock)).state).toBe('ok')
    for (const minutes of [5, -5]) {
      expect(await checkClock(url, off(minutes))).toMatchObject({
        state: 'failed',
        text: expect.stringMatching(/differs by (299|300) s/),
      })
    }
    await new Promise((resolve) => server.close(resolve))
    expect((await checkClock(url, clock)).state).toBe('note')
    expect((await checkClock(undefined, clock)).state).toBe('note')
  })

  it('gives each finding one line, with what to do behind an arrow', () => {
    expect(formatFinding({ state: 'failed', text: 'it is\nbroken', advice: 'Mend it.' })).toBe(
      'FAILED  it is broken → Mend it.',
    )
  })
})
