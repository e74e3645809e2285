/** What the model has cost on one day. JSON-safe. */
export interface TokenUse {
  /** The day in UTC, as `2026-11-01`. */
  readonly day: string
  /** Tokens of questions and answers. */
  readonly tokens: number
}

/** Where the use of tokens is kept, so that a restart does not begin a new day. */
export interface TokenUseStore {
  /** What was saved last; undefined when nothing was, or it can't be read. Never throws. */
  load(): TokenUse | undefined
  /** Called after every answer of the model; what it can't keep it may lose. Never throws. */
  save(use: TokenUse): void
}
