import { beforeEach, describe, expect } from 'vitest'
import { needs } from '../support/needs.js'
import { type ChorusProcess, CLI } from './chorus-process.js'
import { type Cli, configFor, test } from './cli-test.js'

/** `script` of util-linux runs a program on a terminal of its own, whose keys are its stdin. */
function onTerminal(cli: Cli, args: string): ChorusProcess {
  // The settings of the terminal before and after, one line each: what must be the same.
  const settings = 'echo "settings $(stty -g)"'
  const chorus = `'${process.execPath}' '${CLI}' ${args}`
  const run = `stty cols 100 rows 30; ${settings}; ${chorus}; echo "code $?"; ${settings}`
  return cli.spawn('script', ['--quiet', '--return', '--command', run, '/dev/null'], { TERM: 'xterm' })
}

/** With this seed the viewers by themselves take far longer than the test to call bots five times, or all at once. */
const CAST = configFor(['ava', 'bob'], 'stop: { deadline: 1 }\n')

const STATUS = /r b e q │ \d+ at work \+ \d+ waiting, \d+ sent │ ava \d\+\d+ │ bob \d\+\d+/

/** The end of a terminal's session, and that the terminal is as it was. */
async function expectCleanEnd(terminal: ChorusProcess): Promise<void> {
  const { stdout } = await terminal.end()
  const lines = stdout.split('\n').map((line) => line.replaceAll('\r', ''))
  const [before, after] = lines.filter((line) => line.startsWith('settings '))
  expect(lines).toContain('code 0')
  expect(after).toBe(before)
  // The last thing the screen did was to take the status line away.
  const goodbye = lines.find((line) => line.endsWith('Bye!')) ?? ''
  expect(goodbye).toMatch(/\[2K\d+ repl(y|ies) sent in \d+ s\. Bye!$/)
  expect(lines.slice(lines.indexOf(goodbye) + 1).join('\n')).not.toContain('\u001b')
}

describe('the demo on a terminal', () => {
  beforeEach(({ skip }) => needs(skip, 'script', 'apt-get install util-linux (or bsdutils on Debian)'))

  test('shows a status line, has its keys, and leaves the terminal clean', async ({ cli }) => {
    cli.write('config/chorus.yaml', CAST)
    const demo = onTerminal(cli, 'demo --seed 7')
    await demo.line(/Keys: r raid of 100 · b five questions · e everybody answers · q quit/)
    await demo.line(STATUS)
    demo.press('b')
    await demo.line(/ @bob\b/, 5)
    demo.press('e')
    await demo.line(/ @ava @bob /)
    demo.press('r')
    await demo.line(/100 raiders from \w+ have joined!/)
    demo.press('q')
    await demo.line(
      /Stopping: up to 1 s for what was accepted \(\d+ repl(y|ies)\); once more stops at once\./,
    )
    await expectCleanEnd(demo)
  })

  test('ends on Ctrl-C, which comes as a key', async ({ cli }) => {
    cli.write('config/chorus.yaml', CAST)
    const demo = onTerminal(cli, 'demo --seed 7')
    await demo.line(STATUS)
    demo.press('\u0003')
    await expectCleanEnd(demo)
  })

  test('says what is wrong without a trace of the screen', async ({ cli }) => {
    const { stdout } = await onTerminal(cli, 'demo --bots 99').end()
    expect(stdout).toContain("chorus: option '--bots <n>' argument '99' is invalid.")
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toContain('code 2')
  })
})
