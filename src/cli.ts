#!/usr/bin/env node
import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander'
import { checkCommand } from './commands/check.js'
import {
  DEAD_LETTER_ACTIONS,
  type DeadLetterAction,
  deadLettersCommand,
  faultOf,
} from './commands/dead-letters.js'
import { demoCommand } from './commands/demo.js'
import { DEMO_BOTS_MAX } from './commands/demo-cast.js'
import { doctorCommand } from './commands/doctor.js'
import { loginCommand } from './commands/login.js'
import { replayCommand } from './commands/replay.js'
import { type SimulateOptions, simulateCommand } from './commands/simulate.js'
import { startCommand } from './commands/start.js'
import { LOGIN_PATTERN } from './config-schema.js'
import { type ErrorCode, toChorusError } from './errors.js'
import { readManifest } from './manifest.js'
import { nearest } from './nearest.js'
import { programName } from './program-name.js'

/** Ended as asked, failed while running, wrong usage or configuration. */
const EXIT = { ok: 0, failed: 1, usage: 2 } as const
/** Codes that mean that what was given is wrong: nothing ran yet. */
const USAGE_CODES: readonly ErrorCode[] = [
  'config-invalid',
  'file-missing',
  'no-bot',
  'no-client-id',
  'no-control-token',
  'no-dead-letter',
  'no-id-server',
  'no-model',
]

const SEED_MAX = 2 ** 32 - 1
/** Beyond it the machine's own delays, which no clock speeds up, outweigh what is measured. */
const SPEED_MAX = 50

const write = (text: string) => process.stdout.write(text)

async function main(): Promise<number> {
  try {
    await program().parseAsync()
    return EXIT.ok
  } catch (thrown) {
    // commander has printed its message, or the help that was asked for.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage
    const error = toChorusError(thrown, 'unexpected')
    process.stderr.write(
      `chorus: ${error.code === 'unexpected' ? traceOf(thrown) : error.message}\n${error.advice}\n`,
    )
    return USAGE_CODES.includes(error.code) ? EXIT.usage : EXIT.failed
  }
}

const traceOf = (thrown: unknown) => (thrown instanceof Error && thrown.stack) || String(thrown)

function program(): Command {
  const chorus = new Command(programName())
    .description('AI personas that answer viewers in a Twitch channel, and never lose a reply.')
    .version(readManifest().version, '-v, --version')
    .exitOverride()
    .configureOutput({
      // As every other error of ours: what was wrong, then what to do.
      outputError: (text, print) =>
        print(`chorus: ${oneLine(text)}\n${programName()} --help shows what there is.\n`),
    })
    .hook('preSubcommand', (all) => requireKnown(all, all.args[0]))
    .helpCommand(false)
  for (const add of COMMANDS) add(chorus)
  return chorus
}

const CONFIG = [
  '-c, --config <file>',
  'configuration file (default: CHORUS_CONFIG, else config/chorus.yaml)',
] as const

interface ConfigOption {
  readonly config?: string
}

function addStart(chorus: Command): void {
  chorus
    .command('start', { isDefault: true })
    .description('go live where bot tokens are given, else run the demo')
    .option(...CONFIG)
    .action(({ config }: ConfigOption) => startCommand({ file: config }))
}

interface DemoFlags extends ConfigOption {
  readonly bots?: number
  readonly seed?: number
  readonly seconds?: number
  readonly realModel?: boolean
}

function addDemo(chorus: Command): void {
  chorus
    .command('demo')
    .description('run on the built-in Twitch and the built-in model; nothing leaves this machine')
    .option(...CONFIG)
    .option('--bots <n>', `how many bots take part (1 to ${DEMO_BOTS_MAX})`, wholeNumber(1, DEMO_BOTS_MAX))
    .option(
      '--seed <n>',
      'what viewers say and bots answer repeats with the same seed',
      wholeNumber(0, SEED_MAX),
    )
    .option(
      '--real-model',
      'think with the model of OPENAI_BASE_URL / OPENAI_API_KEY in place of the built-in one',
    )
    .option('--seconds <n>', 'end by itself after this many seconds', wholeNumber(1, 86_400))
    .action((options: DemoFlags) => demoCommand({ ...options, file: options.config }))
}

function addCheck(chorus: Command): void {
  chorus
    .command('check')
    .description('check the configuration and print it with its defaults, secrets masked')
    .option(...CONFIG)
    .action(({ config }: ConfigOption) => checkCommand({ file: config, write }))
}

function addDoctor(chorus: Command): void {
  chorus
    .command('doctor')
    .description(
      'look at everything a live run needs: Node, data folder, tokens, chat and roles, model, port, clock; exit 1 if something fails',
    )
    .option(...CONFIG)
    .action(({ config }: ConfigOption) => doctorCommand({ file: config, write }))
}

function addLogin(chorus: Command): void {
  chorus
    .command('login')
    .description(
      'sign a bot’s account in at Twitch by a code that you confirm in a browser, and keep its token fresh from then on; also beside a running Chorus',
    )
    .argument('<login>', 'the account, as the configuration names the bot', twitchLogin)
    .option(...CONFIG)
    .action((login: string, { config }: ConfigOption) =>
      loginCommand({ login, file: config, output: process.stdout }),
    )
    .addHelpText(
      'after',
      `
It needs TWITCH_CLIENT_ID, the client id of an application of yours at Twitch:
register one at https://dev.twitch.tv/console with the client type "Public" and
the OAuth redirect URL http://localhost. It needs no secret. One application
does for all bots.`,
    )
}

interface DeadLetterFlags extends ConfigOption {
  readonly all?: boolean
  readonly json?: boolean
}

function addDeadLetters(chorus: Command): void {
  chorus
    .command('dead-letters')
    .description(
      'show the replies whose attempts are spent, have them tried again (redrive) or give them up (discard); also beside a running Chorus',
    )
    .addArgument(new Argument('[action]', 'what to do').choices(DEAD_LETTER_ACTIONS).default('list'))
    .argument('[id...]', 'which ones, as the list shows them')
    .option(...CONFIG)
    .option('--all', 'redrive or discard all there are')
    .option('--json', 'list them as one JSON array')
    .action((action: DeadLetterAction, ids: string[], { config, ...flags }: DeadLetterFlags, command) => {
      const request = { action, ids, ...flags }
      const fault = faultOf(request)
      if (fault !== undefined) command.error(fault)
      deadLettersCommand({ ...request, file: config, output: process.stdout })
    })
}

interface ReplayFlags extends ConfigOption {
  readonly speed: number
  readonly as: string[]
  readonly seed: number
}

// One name per option: an option that takes several would swallow what stands behind it.
const collect = (name: string, names: string[]) => [...names, name]

function addReplay(chorus: Command): void {
  chorus
    .command('replay')
    .description(
      'feed recorded raw Twitch IRC lines through the real path and report what would have been answered',
    )
    .argument('<file>', 'recording, one raw IRC line per line')
    .option(...CONFIG)
    .option(
      '--speed <x>',
      `how many times faster than recorded (0.1 to ${SPEED_MAX})`,
      decimal(0.1, SPEED_MAX),
      1,
    )
    .option('--as <login>', 'a name of the recording that becomes a bot; may be given again', collect, [])
    .option('--seed <n>', 'the draws repeat with the same seed', wholeNumber(0, SEED_MAX), 1)
    .action((file: string, { config, ...flags }: ReplayFlags) =>
      replayCommand({ ...flags, file, configFile: config, output: process.stdout, log: process.stderr }),
    )
}

type SimulateFlags = Omit<SimulateOptions, 'write'>

function addSimulate(chorus: Command): void {
  chorus
    .command('simulate')
    .description(
      'run only the built-in Twitch and the built-in model, for a Chorus or another client to connect to',
    )
    .option('--twitch-port <n>', 'port of the built-in Twitch, 0 = any free one', wholeNumber(0, 65_535), 0)
    .option('--model-port <n>', 'port of the built-in model, 0 = any free one', wholeNumber(0, 65_535), 0)
    .option('--seed <n>', 'latencies and answers repeat with the same seed', wholeNumber(0, SEED_MAX), 1)
    .option(
      '--moderator <login>',
      'who is moderator in every channel; may be given again',
      (text: string, names: string[]) => collect(twitchLogin(text), names),
      [],
    )
    .action((flags: SimulateFlags) => simulateCommand({ ...flags, write }))
}

function addHelp(chorus: Command): void {
  chorus
    .command('help')
    .description('show what there is, or the options of one command')
    .argument('[command]')
    .action((name?: string) => {
      requireKnown(chorus, name)
      const command = chorus.commands.find((known) => known.name() === name) ?? chorus
      command.help()
    })
}

/** In the order in which the help shows them. */
const COMMANDS = [
  addStart,
  addDemo,
  addCheck,
  addDoctor,
  addLogin,
  addDeadLetters,
  addReplay,
  addSimulate,
  addHelp,
]

/** A word that is no command would else be taken for an argument of the default one. */
function requireKnown(chorus: Command, word: string | undefined): void {
  const names = chorus.commands.map((command) => command.name())
  if (word === undefined || word.startsWith('-') || names.includes(word)) return
  const near = nearest(word, names)
  const advice = near === undefined ? `the commands are ${names.join(', ')}` : `did you mean ${near}?`
  chorus.error(`unknown command '${word}'; ${advice}`)
}

/** commander's message without its own prefix, its hints in the same line. */
const oneLine = (text: string) =>
  text
    .trim()
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')

function twitchLogin(text: string): string {
  if (LOGIN_PATTERN.test(text)) return text
  throw new InvalidArgumentError('It wants a Twitch login: 1 to 25 letters, digits or _.')
}

const wholeNumber = (low: number, high: number) => (text: string) => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= low && value <= high) return value
  throw new InvalidArgumentError(`It wants a whole number from ${low} to ${high}.`)
}

const decimal = (low: number, high: number) => (text: string) => {
  const value = Number(text)
  if (text.trim() !== '' && value >= low && value <= high) return value
  throw new InvalidArgumentError(`It wants a number from ${low} to ${high}.`)
}

// Who reads our output may go away, as `head` does: without a listener that would end the process with a stack.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

// Set, not called: an exit in the middle would cut off what stdout still holds.
process.exitCode = await main()
