import { type Chorus, createChorus } from '../chorus.js'
import { SECOND, systemClock } from '../clock.js'
import { type LoadedConfig, loadConfig } from '../config.js'
import { type Bot, sameLogin } from '../domain.js'
import { TOKEN_PREFIX } from '../environment.js'
import { ChorusError } from '../errors.js'
import { limitsHint } from '../limits-hint.js'
import { createLogger } from '../logger.js'
import { demoCommand } from './demo.js'
import { replies } from './replies.js'
import { StopSignal } from './stop-signal.js'

/**
 * Goes live where bot tokens are given, else runs the demo. Resolves when it was stopped by a signal.
 *
 * @throws ChorusError for a wrong configuration, a missing model, no usable bot, and when every login was refused
 */
export async function startCommand({ file }: { readonly file?: string | undefined }): Promise<void> {
  const loaded = loadConfig({ file, shipped: 'without-tokens' })
  const { config, environment } = loaded
  if (!environment.hasTokens) return demoCommand({ file })
  const logger = createLogger({
    level: environment.logLevel,
    pretty: process.stdout.isTTY,
    secrets: environment.secrets,
  })
  await using chorus = await createChorus(config, { environment, logger })
  for (const text of remarks(loaded, chorus.bots)) logger.warn({ event: 'note' }, text)
  const unhandled = (error: unknown) =>
    void chorus.events.emit('error', { error, where: 'unhandled rejection' })
  process.on('unhandledRejection', unhandled)
  const signal = new StopSignal(chorus, {
    clock: systemClock(),
    deadlineMs: config.stop.deadline * SECOND,
    tell: (text) => logger.info({ event: 'stopping' }, text),
  })
  try {
    await Promise.race([signal.stopped, everyLoginRefused(chorus), chorus.start().then(() => signal.stopped)])
  } finally {
    signal.dispose()
    process.off('unhandledRejection', unhandled)
  }
}

function remarks({ config, notes }: LoadedConfig, taking: readonly Bot[]): string[] {
  const leftOut = config.bots
    .filter(({ login }) => !taking.some((bot) => sameLogin(bot.login, login)))
    .map(({ login }) => `${login} is left out: ${TOKEN_PREFIX}${login.toUpperCase()} is not set.`)
  const hint = limitsHint(taking.length, config.queue)
  return [...notes, ...leftOut, ...(hint === undefined ? [] : [hint])]
}

/** Rejects when no bot is left that could ever talk: waiting would be for nothing. */
function everyLoginRefused({ events, chatStatus, router }: Chorus): Promise<never> {
  return new Promise((_resolve, reject) => {
    events.on('bot:parked', () => {
      const parked = chatStatus().bots.filter(({ state }) => state === 'parked')
      if (parked.length < chatStatus().bots.length) return
      const whom = parked.map(({ bot, reason }) => `${bot} (${reason})`).join(', ')
      const { size, pending } = router.getQueueMetrics().global
      const left = size + pending === 0 ? '' : `. Left unanswered: ${replies(size + pending)}.`
      reject(new ChorusError('login-refused', `No bot is left that could talk: ${whom}${left}`))
    })
  })
}
