import { type Clock, SECOND, sleep } from '../clock.js'
import type { DeviceLogin, TokenGrant, TokenOwner } from './id-answer.js'
import type { IdServer } from './id-server.js'
import { CHAT_SCOPES, missingScopes } from './scopes.js'

/** How far a sign-in has come; what it calls while a person is at the browser. */
export interface SignInProgress {
  /** The person can begin. */
  begun(device: DeviceLogin): void
  /** The tokens have come, and are known to nobody else yet. */
  granted(grant: TokenGrant): void
  /** The server does not answer, undefined when it does again. It is asked again either way. */
  trouble(reason: string | undefined): void
}

export interface SignInOptions {
  readonly login: string
  readonly clientId: string
  readonly idServer: IdServer
  readonly clock: Clock
  /** Ends it. */
  readonly signal: AbortSignal
  readonly progress: SignInProgress
}

/** Tokens of the right account with all they need, or why there are none, as a sentence. */
export type SignInResult =
  | { readonly kind: 'signed-in'; readonly grant: TokenGrant; readonly owner: TokenOwner }
  | { readonly kind: 'failed'; readonly reason: string }

/** What is added to the pause between two questions whenever the server finds it too short (RFC 8628, 3.5). */
const SLOWER_MS = 5 * SECOND
/** How often a new token is looked at before it is given up because nobody answers. */
const CHECK_TRIES = 5
const CHECK_PAUSE_MS = 3 * SECOND

/**
 * Signs an account in by a code that a person confirms in any browser
 * (https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/#device-code-grant-flow). Never rejects.
 */
export async function signIn(options: SignInOptions): Promise<SignInResult> {
  const { clientId, idServer, progress, signal } = options
  const answer = await idServer.startDeviceLogin({ clientId, scopes: CHAT_SCOPES }, signal)
  if (signal.aborted) return ENDED
  if (answer.kind === 'unavailable') return failed(`The sign-in could not begin: ${answer.reason}.`)
  if (answer.kind === 'refused')
    return failed(`Twitch refuses to begin: “${answer.says}”. Is TWITCH_CLIENT_ID right?`)
  progress.begun(answer.device)
  const grant = await awaitGrant(answer.device, options)
  if ('kind' in grant) return grant
  progress.granted(grant)
  return judge(grant, options)
}

/** Asks until the person has decided, no faster than the server wants it. */
async function awaitGrant(
  device: DeviceLogin,
  { clientId, idServer, clock, signal, progress }: SignInOptions,
): Promise<TokenGrant | SignInResult> {
  const endsAtMs = clock.now() + device.expiresInMs
  let { intervalMs } = device
  for (;;) {
    await pause(clock, Math.min(intervalMs, endsAtMs - clock.now()), signal)
    if (signal.aborted) return ENDED
    if (clock.now() >= endsAtMs) return failed('Nobody confirmed it while the code was good.')
    const answer = await idServer.askDeviceToken({ clientId, scopes: CHAT_SCOPES, device }, signal)
    if (answer.kind === 'ok') return answer.grant
    if (answer.kind === 'refused') return failed(`It was denied, or the code has ended (“${answer.says}”).`)
    progress.trouble(answer.kind === 'unavailable' ? answer.reason : undefined)
    if (answer.kind === 'pending' && answer.isTooFast) intervalMs += SLOWER_MS
  }
}

/** Whose tokens they are, and whether they are enough. */
async function judge(grant: TokenGrant, options: SignInOptions): Promise<SignInResult> {
  const { login, idServer, clock, signal, progress } = options
  for (let tries = 1; !signal.aborted; tries++) {
    const answer = await idServer.validate(grant.accessToken.reveal(), signal)
    if (answer.kind === 'ok') return judgeOwner(grant, answer.owner, login)
    if (answer.kind === 'refused') return failed(`Twitch does not know its own token (“${answer.says}”).`)
    if (tries === CHECK_TRIES) return failed(`The new token could not be checked: ${answer.reason}.`)
    progress.trouble(answer.reason)
    await pause(clock, CHECK_PAUSE_MS, signal)
  }
  return ENDED
}

function judgeOwner(grant: TokenGrant, owner: TokenOwner, login: string): SignInResult {
  if (owner.login !== login.toLowerCase()) {
    const text = `It was confirmed by the account ${owner.login}, not by ${login}. Use a private window, and log in there as ${login}.`
    return failed(text)
  }
  const missing = missingScopes(owner.scopes)
  if (missing.length > 0) return failed(`The token lacks ${missing.join(' and ')}.`)
  return { kind: 'signed-in', grant, owner }
}

/** Returns early when it is ended. */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await sleep(clock, ms, signal).catch(() => {})
}

const failed = (reason: string) => ({ kind: 'failed', reason }) as const
const ENDED = failed('It was ended.')
