import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect } from 'vitest'
import { test } from './cli-test.js'

const RUN = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url))
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

/** What `npm start` and `npm test` call, from another folder, with what stands behind `--`. */
describe('npm', () => {
  test('start passes its arguments on, and the exit code back', async ({ cli }) => {
    const shown = await cli.spawn(process.execPath, [RUN, 'start', '--version']).end()
    expect(shown).toMatchObject({ code: 0, stdout: version })
    const wrong = await cli.spawn(process.execPath, [RUN, 'start', 'demo', '--bots', '99']).end()
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("argument '99' is invalid") })
    // What it advises works in a clone.
    expect(wrong.stderr).toMatch(/\nnpm start -- --help shows what there is\.$/)
    cli.write('wrong.yaml', 'channels: 7')
    const mistaken = await cli.spawn(process.execPath, [RUN, 'start', 'check', '-c', 'wrong.yaml']).end()
    expect(mistaken).toMatchObject({ code: 2, stderr: expect.stringContaining('`npm start -- check` shows') })
  })

  test('start ends when the program that started it is gone, for npm does not pass every signal on', async ({
    cli,
  }) => {
    // The first line of the shell names its own process; what follows it is in the shell's group, not in its place.
    const shell = cli.spawn('sh', ['-c', `echo $$; "${process.execPath}" "${RUN}" start demo; true`])
    const pid = Number(await shell.line(/^\d+$/))
    await shell.line(/^Chorus demo/)
    process.kill(pid, 'SIGKILL')
    const { stdout } = await shell.ended
    expect(stdout).toMatch(/sent in \d+ s\. Bye!$/)
  })

  test('test passes its arguments on', async ({ cli }) => {
    // The filter matches no test: whatever becomes of --help, the tests must not start themselves.
    const args = ['test', '--help', 'no-such-test', '--passWithNoTests']
    const { code, stdout } = await cli.spawn(process.execPath, [RUN, ...args]).end()
    expect(stdout).toMatch(/^vitest\/4\./)
    expect(code).toBe(0)
  })

  test('anything else: how it is used', async ({ cli }) => {
    const { code, stderr } = await cli.spawn(process.execPath, [RUN, 'dance']).end()
    expect(stderr).toBe('Usage: node scripts/run.mjs start|test|build [arguments]')
    expect(code).toBe(1)
  })
})
