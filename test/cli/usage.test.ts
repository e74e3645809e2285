import { describe, expect } from 'vitest'
import { TYPED } from './chorus-process.js'
import { test } from './cli-test.js'

const HINT = `${TYPED} --help shows what there is.`

describe('asked for help, it shows it and ends well', () => {
  test.for([
    [['--help'], /Usage: node \S+cli\.js \[options\] \[command\].*start.*demo.*check.*replay.*simulate/s],
    [['help', 'demo'], /Usage: node \S+cli\.js demo.*--bots.*--seed/s],
    [
      ['login', '--help'],
      /Usage: node \S+cli\.js login.*<login>.*TWITCH_CLIENT_ID.*dev\.twitch\.tv.*"Public"/s,
    ],
    [['replay', '--help'], /Usage: node \S+cli\.js replay.*<file>.*--speed.*--as/s],
  ] as const)('%j', async ([args, expected], { cli }) => {
    const { code, stdout, stderr } = await cli.run(args)
    expect(stdout).toMatch(expected)
    expect([code, stderr]).toEqual([0, ''])
  })

  test('--version is that of the package', async ({ cli }) => {
    const { code, stdout } = await cli.run(['--version'])
    expect(stdout).toMatch(/^\d+\.\d+\.\d+$/)
    expect(code).toBe(0)
  })
})

describe('used wrongly, it says in one line what is wrong and ends with 2', () => {
  test.for([
    [['simulat'], "unknown command 'simulat'; did you mean simulate?"],
    [
      ['dance'],
      "unknown command 'dance'; the commands are start, demo, check, doctor, login, dead-letters, replay, simulate, help",
    ],
    [
      ['help', 'dance'],
      "unknown command 'dance'; the commands are start, demo, check, doctor, login, dead-letters, replay, simulate, help",
    ],
    [['start', 'demo'], "too many arguments for 'start'. Expected 0 arguments but got 1."],
    [['--bot', '2'], "unknown option '--bot'"],
    [['demo', '--bot', '2'], "unknown option '--bot' (Did you mean --bots?)"],
    [['demo', '--bots', '9'], badValue('--bots <n>', '9', 'a whole number from 1 to 8')],
    [['demo', '--seed', ''], badValue('--seed <n>', '', 'a whole number from 0 to 4294967295')],
    [['login'], "missing required argument 'login'"],
    [['replay'], "missing required argument 'file'"],
    [['replay', 'x.irc', '--speed', '0'], badValue('--speed <x>', '0', 'a number from 0.1 to 50')],
    [
      ['simulate', '--model-port', '65536'],
      badValue('--model-port <n>', '65536', 'a whole number from 0 to 65535'),
    ],
    [['dead-letters', 'redrive'], 'dead-letters redrive wants the ids of dead letters, or --all'],
    [
      ['dead-letters', 'ava/m-1'],
      "command-argument value 'ava/m-1' is invalid for argument 'action'. Allowed choices are list, redrive, discard.",
    ],
    [['check', '--config'], "option '-c, --config <file>' argument missing"],
  ] as const)('%j', async ([args, expected], { cli }) => {
    const { code, stdout, stderr } = await cli.run(args)
    expect(stderr.split('\n')).toEqual([`chorus: ${expected}`, HINT])
    expect([code, stdout]).toEqual([2, ''])
  })
})

test('a recording that is not there: which one, and exit 2', async ({ cli }) => {
  const { code, stderr } = await cli.run(['replay', 'gone.irc'])
  expect(stderr).toBe('chorus: The recording gone.irc can’t be read.\nCheck the path.')
  expect(code).toBe(2)
})

function badValue(option: string, got: string, wants: string): string {
  return `option '${option}' argument '${got}' is invalid. It wants ${wants}.`
}
