import type { BotChatStatus, RoomStatus } from '../chat/account-status.js'
import { type ChatStatus, TwitchChat } from '../chat/twitch-chat.js'
import { type Clock, MINUTE, SECOND, systemClock } from '../clock.js'
import { type LoadedConfig, loadConfig } from '../config.js'
import { type BotLogin, sameLogin, toBotLogin, toChannelName } from '../domain.js'
import { TOKEN_PREFIX } from '../environment.js'
import { adviceOn, ChorusError } from '../errors.js'
import { ChorusEmitter } from '../events.js'
import { readManifest } from '../manifest.js'
import { maskSecrets } from '../mask-secrets.js'
import { programName } from '../program-name.js'
import { createModel } from '../reply/create-models.js'
import { createTokenKeeper, signedInBots } from '../tokens/create-token-keeper.js'
import { idUrlOf } from '../tokens/id-url.js'
import type { TokenKeeper } from '../tokens/token-keeper.js'
import { type Finding, failed, formatFinding, note, ok, toFailure } from './finding.js'
import { checkJournal } from './journal-checks.js'
import { checkClock, checkDataFolder, checkNode, checkPort } from './machine-checks.js'
import { runnerOn } from './runner-on.js'

export interface DoctorOptions {
  readonly file?: string | undefined
  readonly write: (text: string) => void
}

/** What the checks of one run share. */
interface Patient {
  readonly loaded: LoadedConfig
  readonly clock: Clock
  readonly events: ChorusEmitter
  readonly tokens: TokenKeeper
}

/**
 * Looks at everything that a live run needs, prints one line for each thing, and what to do where something is wrong. It
 * logs the bots in and says nothing; it works beside a running Chorus.
 *
 * @throws ChorusError `not-well` when something failed; `config-invalid`, `file-missing`
 */
export async function doctorCommand({ file, write }: DoctorOptions): Promise<void> {
  const loaded = loadConfig({
    file,
    shipped: 'always',
    isSignedIn: (dataDir) => signedInBots(dataDir).size > 0,
  })
  const { config, environment } = loaded
  const clock = systemClock()
  const events = new ChorusEmitter()
  const bots = config.bots.map(({ login }) => toBotLogin(login))
  await using tokens = createTokenKeeper({ bots, environment, clock, events, random: Math.random })
  const patient: Patient = { loaded, clock, events, tokens }
  let failures = 0
  const show = (findings: readonly Finding[]) => {
    const mask = maskSecrets(environment.secrets)
    for (const finding of findings) {
      if (finding.state === 'failed') failures += 1
      write(`${mask(formatFinding(finding))}\n`)
    }
  }
  show([
    checkNode(process.versions.node, readManifest().engines.node),
    ok(`configuration ${loaded.file}`),
    checkDataFolder(environment.dataDir),
    ...checkJournal(environment.dataDir),
  ])
  show(await checkTokens(patient))
  show(await checkChat(patient))
  show([
    await checkModel(patient),
    await checkPort(environment, isRunningOn(environment.dataDir)),
    await checkClock(idUrlOf(environment), clock),
  ])
  if (failures > 0)
    throw new ChorusError('not-well', failures === 1 ? 'A check failed.' : `${failures} checks failed.`)
}

/** Where it can't be told there may be one. */
const isRunningOn = (dataDir: string | undefined) => dataDir !== undefined && runnerOn(dataDir) !== undefined

async function checkTokens({ loaded, tokens }: Patient): Promise<Finding[]> {
  const findings = await Promise.all(
    loaded.config.bots.map(({ login }) => checkToken(toBotLogin(login), tokens)),
  )
  return findings.flat()
}

async function checkToken(bot: BotLogin, tokens: TokenKeeper): Promise<Finding[]> {
  const health = await tokens.examine(bot)
  switch (health.kind) {
    case 'none': {
      const advice = `Sign it in: ${programName()} login ${bot}, or set ${TOKEN_PREFIX}${bot.toUpperCase()}.`
      return [failed(`${bot}: it has no token, and would be left out`, advice)]
    }
    case 'unchecked':
      return [note(`${bot}: its token could not be checked: ${health.reason}`)]
    case 'invalid':
      return [failed(`${bot}: ${health.fault.reason}`, health.fault.advice)]
    case 'valid': {
      const { expiresInMs, scopes } = health.owner
      const end =
        expiresInMs === undefined ? 'does not end' : `ends in ${Math.round(expiresInMs / MINUTE)} minutes`
      const flaws = health.flaws.map(({ kind, reason, advice }) =>
        kind === 'scope' ? failed(`${bot}: ${reason}`, advice) : note(`${bot}: ${reason}`, advice),
      )
      return [ok(`${bot}: its token is valid, ${end}, and allows ${scopes.join(' ') || 'nothing'}`), ...flaws]
    }
  }
}

/** Logs every bot in that has a token, and looks what it is in each channel. */
async function checkChat({
  loaded: { config, environment },
  clock,
  events,
  tokens,
}: Patient): Promise<Finding[]> {
  const bots = config.bots.map(({ login }) => toBotLogin(login)).filter((login) => tokens.has(login))
  if (bots.length === 0) return []
  try {
    await using chat = new TwitchChat({
      bots: bots.map((login) => ({ login })),
      channels: config.channels.map(toChannelName),
      tokens,
      ...(environment.chatUrl !== undefined && { url: environment.chatUrl }),
      clock,
      events,
      random: Math.random,
      onMessage: () => {},
    })
    const reasons = new Map<BotLogin, string>()
    events.on('bot:disconnected', ({ bot, reason }) => reasons.set(bot, reason))
    await chat.start()
    return toChatFindings(chat.status(), reasons)
  } catch (error) {
    return [toFailure('chat', error)]
  }
}

function toChatFindings({ bots }: ChatStatus, reasons: ReadonlyMap<BotLogin, string>): Finding[] {
  return bots.flatMap((status) => {
    const advice = adviceOn('login-refused', status.bot)
    if (status.state === 'parked')
      return [failed(`${status.bot}: chat refuses its login: ${status.reason}`, advice)]
    if (status.state !== 'online') return [unreachable(status, reasons)]
    return status.rooms.map((room) => toRoomFinding(status.bot, room))
  })
}

function unreachable({ bot }: BotChatStatus, reasons: ReadonlyMap<BotLogin, string>): Finding {
  return failed(
    `${bot}: no connection to chat: ${reasons.get(bot) ?? 'it did not answer in time.'}`,
    adviceOn('chat-unreachable'),
  )
}

function toRoomFinding(bot: BotLogin, room: RoomStatus): Finding {
  const where = `${bot} in #${room.channel}`
  if (!room.isJoined) {
    const reason = room.closedReason ?? 'The channel does not answer.'
    return failed(
      `${where}: it can’t join: ${reason}`,
      'Check the channel’s name, and whether the bot is banned there.',
    )
  }
  if (room.closedReason !== undefined)
    return note(`${where}: it may not talk there now: ${room.closedReason}`)
  if (room.isPrivileged) return ok(`${where}: moderator, VIP or broadcaster, ${room.linesMax} lines in 30 s`)
  const isOwn = sameLogin(bot, room.channel) ? '' : ` Make it one: type /mod ${bot} in the channel.`
  return note(
    `${where}: no moderator, ${room.linesMax} lines in 30 s`,
    `As moderator or VIP it may send 100, and Twitch drops none of them.${isOwn}`,
  )
}

async function checkModel({ loaded: { config, environment }, clock, events }: Patient): Promise<Finding> {
  const { apiKey, baseUrl } = environment.openai
  if (apiKey === undefined && baseUrl === undefined) {
    return failed('no model is named', adviceOn('no-model'))
  }
  const name = environment.openai.model ?? config.model.name
  const startedMs = clock.now()
  try {
    const model = createModel({ config, environment, clock, events })
    await model.complete([{ role: 'user', content: 'Answer with the one word: ready' }], {
      signal: new AbortController().signal,
    })
    return ok(`model ${name} answers in ${((clock.now() - startedMs) / SECOND).toFixed(1)} s`)
  } catch (error) {
    return toFailure(`model ${name}`, error)
  }
}
