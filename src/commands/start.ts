import { type Chorus, createChorus } from '../chorus.js'
import { SECOND, systemClock } from '../clock.js'
import { type LoadedConfig, loadConfig } from '../config.js'
import { ControlRoom } from '../control-room/control-room.js'
import { type Bot, sameLogin } from '../domain.js'
import { TOKEN_PREFIX } from '../environment.js'
import { ChorusError } from '../errors.js'
import { limitsHint } from '../limits-hint.js'
import { createLogger, type Logger } from '../logger.js'
import { programName } from '../program-name.js'
import { signedInBots } from '../tokens/create-token-keeper.js'
import { demoCommand } from './demo.js'
import { StopSignal } from './stop-signal.js'
import { tellRoom } from './tell-room.js'

/**
 * Goes live where bot tokens are given, else runs the demo. Resolves when it was stopped by a signal.
 *
 * @throws ChorusError for a wrong configuration, a missing model, no usable bot, a control room that can’t be opened, and
 * when no bot could log in
 */
export async function startCommand({ file }: { readonly file?: string | undefined }): Promise<void> {
  const loaded = loadConfig({
    file,
    shipped: 'without-tokens',
    isSignedIn: (dataDir) => signedInBots(dataDir).size > 0,
  })
  const { config, environment } = loaded
  if (!environment.hasTokens) return demoCommand({ file })
  const logger = createLogger({
    level: environment.logLevel,
    pretty: process.stdout.isTTY,
    secrets: environment.secrets,
  })
  await using chorus = await createChorus(config, { environment, logger })
  const clock = systemClock()
  const told = remarks(loaded, chorus.bots)
  await using room = new ControlRoom({
    ...{ chorus, environment, clock, remarks: told },
    stopChorus: () => signal.requestGraceful(),
  })
  for (const text of told) logger.warn({ event: 'note' }, text)
  const unhandled = (error: unknown) =>
    void chorus.events.emit('error', { error, where: 'unhandled rejection' })
  process.on('unhandledRejection', unhandled)
  const signal = new StopSignal(chorus, {
    clock,
    deadlineMs: config.stop.deadline * SECOND,
    tell: (text) => logger.info({ event: 'stopping' }, text),
    ended: ({ text, ...counts }) => logger.info({ event: 'stopped', ...counts }, text),
  })
  tellNewcomers(chorus, logger)
  const live = async () => {
    // Before anybody is told of a control room that would be gone at once.
    chorus.open()
    await room.start()
    tellRoom(room, {
      isForPeople: process.stdout.isTTY,
      write: (text) => process.stdout.write(text),
    })
    if (signal.isRequested) return signal.stopped
    await chorus.start()
    requireSomeBot(chorus)
    await signal.stopped
  }
  try {
    await Promise.race([signal.stopped, live()])
  } finally {
    signal.dispose()
    process.off('unhandledRejection', unhandled)
  }
}

function remarks({ config, notes }: LoadedConfig, taking: readonly Bot[]): string[] {
  const leftOut = config.bots
    .filter(({ login }) => !taking.some((bot) => sameLogin(bot.login, login)))
    .map(
      ({ login }) =>
        `${login} is left out: it is not signed in (${programName()} login ${login}), and ${TOKEN_PREFIX}${login.toUpperCase()} is not set.`,
    )
  const hint = limitsHint(taking.length, config.queue)
  return [...notes, ...leftOut, ...(hint === undefined ? [] : [hint])]
}

/**
 * A start that leaves no bot able to talk has failed. Later on Chorus stays, whoever is parked: another token in `.env` or
 * a new sign-in brings the bot back, and what it owes waits.
 */
function requireSomeBot({ chatStatus }: Chorus): void {
  const { bots } = chatStatus()
  if (bots.some(({ state }) => state !== 'parked')) return
  const whom = bots.map(({ bot, reason }) => `${bot} (${reason})`).join(', ')
  throw new ChorusError('login-refused', `No bot could log in: ${whom}`)
}

/** A bot that was left out may be signed in while Chorus runs. */
function tellNewcomers({ bots, events }: Chorus, logger: Logger): void {
  events.on('token:replaced', ({ bot }) => {
    if (bots.some(({ login }) => sameLogin(login, bot))) return
    logger.warn({ event: 'note' }, `${bot} has a token now: start Chorus again to let it take part.`)
  })
}
