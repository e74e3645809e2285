import { programName } from './program-name.js'

/** Who is hit: one reply, one bot account, the model's endpoint, or the whole process. */
type Scope = 'reply' | 'bot' | 'endpoint' | 'process'

/**
 * `free`: try again, the reply is not to blame. `free-in-outage`: so, too, unless the model has served others since the
 * last try. `counted`: try again, it costs an attempt. `never`: final.
 */
type Retry = 'free' | 'free-in-outage' | 'counted' | 'never'

interface Row {
  readonly scope: Scope
  readonly retry: Retry
  /** What the reader should do; `{chorus}` stands for what people type in front of a command there. */
  readonly advice: string
}

const TABLE = {
  'config-invalid': row(
    'process',
    'never',
    'Mend the configuration as the message says; `{chorus} check` shows the result.',
  ),
  'file-missing': row('process', 'never', 'Check the path.'),
  'no-model': row(
    'process',
    'never',
    'Set OPENAI_API_KEY, or OPENAI_BASE_URL for a local server such as Ollama.',
  ),
  'no-bot': row(
    'process',
    'never',
    'Sign at least one bot in: {chorus} login LOGIN. Or set its token: TWITCH_TOKEN_<LOGIN>.',
  ),
  'no-client-id': row(
    'process',
    'never',
    'Register an application at https://dev.twitch.tv/console with the client type "Public" and the OAuth redirect URL http://localhost, and set its client id as TWITCH_CLIENT_ID, in .env for example. No secret is needed.',
  ),
  'no-id-server': row(
    'process',
    'never',
    'Set TWITCH_ID_URL to the server that signs accounts in there, or unset TWITCH_CHAT_URL to sign in at Twitch.',
  ),
  'sign-in-failed': row('process', 'never', 'Nothing was stored. Try again: {chorus} login LOGIN.'),
  'tokens-damaged': row(
    'process',
    'never',
    'Sign in again the bots that have no token now: {chorus} login LOGIN. The next one keeps the damaged file aside.',
  ),
  'tokens-open': row(
    'process',
    'never',
    'It is closed to them now. If you do not know who could read it, sign the bots in again: {chorus} login LOGIN.',
  ),
  'tokens-unwritable': row(
    'process',
    'free',
    'Make room, or let this user write in CHORUS_DATA_DIR: until then a restart needs a new sign-in.',
  ),
  'data-folder-taken': row(
    'process',
    'never',
    'Stop the other one, or give this one a folder of its own: CHORUS_DATA_DIR.',
  ),
  'journal-newer': row(
    'process',
    'never',
    'Run the newer Chorus, or give this one another folder: CHORUS_DATA_DIR.',
  ),
  'journal-full': row('process', 'free', 'Make room on the disk that holds CHORUS_DATA_DIR.'),
  'journal-busy': row(
    'process',
    'free',
    'Another program keeps the journal locked: end what it has begun in it.',
  ),
  'journal-unwritable': row(
    'process',
    'free',
    'Let this user write in CHORUS_DATA_DIR, and see that its disk works.',
  ),
  'journal-damaged': row(
    'process',
    'free',
    'Chorus goes on with what can be read in a new journal, at its next start where it does not run, and keeps the damaged one beside it. See that the disk works.',
  ),
  'no-dead-letter': row(
    'process',
    'never',
    '`{chorus} dead-letters` shows those that there are; somebody may have redriven or discarded it already.',
  ),
  'journal-row': row(
    'reply',
    'never',
    'What came in had a shape that can’t be written down: if it is not your own client’s, please report it.',
  ),
  'process-died': row(
    'reply',
    'never',
    'Look at what Chorus said before it ended; redrive it when that is mended, or discard it.',
  ),
  'port-taken': row(
    'process',
    'never',
    'Stop the other program or choose another port; 0 takes any free one.',
  ),
  'port-refused': row(
    'process',
    'never',
    'Set HOST and PORT to an address of this machine and a port that this user may open.',
  ),
  'no-control-token': row(
    'process',
    'never',
    'Set CHORUS_CONTROL_TOKEN to a long random text, or unset HOST: then only this machine reaches the control room.',
  ),
  'lines-lost': row('process', 'never', 'Replay it more slowly: --speed.'),
  'not-well': row('process', 'never', 'Do what stands behind the arrows, then ask again.'),
  'chat-unreachable': row('bot', 'free', 'Check the network and TWITCH_CHAT_URL; Chorus keeps trying.'),
  'login-refused': row(
    'bot',
    'never',
    'Sign the account in again with `{chorus} login <login>`, or set a new TWITCH_TOKEN_<LOGIN>: it is taken up at once.',
  ),
  'model-timeout': row(
    'endpoint',
    'free-in-outage',
    'The model is slow or hangs; raise model.deadline or use a smaller model.',
  ),
  'model-unreachable': row(
    'endpoint',
    'free-in-outage',
    'Check OPENAI_BASE_URL and that the server runs; Chorus keeps trying.',
  ),
  'model-rate-limited': row(
    'endpoint',
    'free-in-outage',
    'The account sends too much; Chorus waits as told and tries again.',
  ),
  'model-server-error': row(
    'endpoint',
    'free-in-outage',
    'The server has a fault of its own; Chorus tries again.',
  ),
  'model-unauthorized': row(
    'endpoint',
    'free-in-outage',
    'Check OPENAI_API_KEY, OPENAI_BASE_URL, the model name and the account’s credit.',
  ),
  'model-away': row(
    'endpoint',
    'free',
    'Nothing for this reply: it waits. What to do about the model was told when it went away.',
  ),
  'tokens-spent': row(
    'endpoint',
    'free',
    'Raise model.tokensPerDay, or wait for the next day (UTC): until then templates stand in.',
  ),
  'model-bad-answer': row(
    'reply',
    'counted',
    'The server does not answer as a chat completions endpoint does; check OPENAI_BASE_URL.',
  ),
  'model-too-large': row(
    'reply',
    'counted',
    'The answer was far too long; check that the server is a chat completions endpoint.',
  ),
  'model-empty': row(
    'reply',
    'counted',
    'The model said nothing; raise model.maxTokens if it is a reasoning model.',
  ),
  'model-refused-prompt': row('reply', 'never', 'The server refuses this prompt for its content.'),
  'model-refused-request': row(
    'reply',
    'counted',
    'Check model.name, model.maxTokens and model.temperature against what the server takes; its own log says what it dislikes.',
  ),
  'line-refused': row(
    'reply',
    'counted',
    'Twitch does not take this text, the log has its words; another one is made.',
  ),
  withdrawn: row('reply', 'never', 'Nothing: what it answers was cleared away, or it was taken back.'),
  expired: row('reply', 'never', 'It could not be served in time; the reason says why.'),
  stopping: row('process', 'never', 'Chorus is stopping; start it again.'),
  'reply-failed': row('reply', 'counted', 'An unexpected fault in the reply; the log has its cause.'),
  unexpected: row(
    'process',
    'never',
    'A fault that Chorus did not foresee: please report it with the lines above.',
  ),
} as const satisfies Record<string, Row>

/** Every code an error of Chorus can carry. */
export type ErrorCode = keyof typeof TABLE

function row(scope: Scope, retry: Retry, advice: string): Row {
  return { scope, retry, advice }
}

/**
 * The one error class. Its code decides what happens next; its message never holds a token or a prompt.
 */
export class ChorusError extends Error {
  override readonly name = 'ChorusError'
  readonly code: ErrorCode
  /** Milliseconds that the other side asked to wait, where it did. */
  readonly retryAfterMs: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.retryAfterMs = options.retryAfterMs
  }

  get scope(): Scope {
    return TABLE[this.code].scope
  }

  get retry(): Retry {
    return TABLE[this.code].retry
  }

  /** What the reader should do, as a sentence. */
  get advice(): string {
    return adviceOn(this.code)
  }
}

/** Whether a word from outside, a file perhaps, is one of the codes. */
export function isErrorCode(word: string): word is ErrorCode {
  return Object.hasOwn(TABLE, word)
}

/** What to do about an error of this kind; with a bot's login in the place that the table leaves for it. */
export function adviceOn(code: ErrorCode, login?: string): string {
  const advice = TABLE[code].advice.replaceAll('{chorus}', () => programName())
  if (login === undefined) return advice
  // In capitals it is part of a variable's name.
  return advice.replace(/<login>/gi, (place) =>
    place === '<LOGIN>' ? login.toUpperCase() : login.toLowerCase(),
  )
}

/** Whatever was thrown, as a ChorusError: strangers throw strings and worse. Never throws. */
export function toChorusError(thrown: unknown, fallback: ErrorCode = 'reply-failed'): ChorusError {
  if (thrown instanceof ChorusError) return thrown
  return new ChorusError(fallback, thrown instanceof Error ? thrown.message : textOf(thrown), {
    cause: thrown,
  })
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    // An object without a prototype, or one whose toString throws.
    return 'something that is no error was thrown'
  }
}
