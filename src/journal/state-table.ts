import type { TokenUse } from '../token-use.js'
import type { Database, Statement } from './database.js'
import type { Heartbeat } from './journal-time.js'

// A run that could not read what was used before must not make it less.
const USE_TOKENS = `
  INSERT INTO token_use VALUES (1, $day, $tokens) ON CONFLICT (only) DO UPDATE SET
    tokens = CASE WHEN day = $day THEN max(tokens, $tokens) ELSE $tokens END, day = $day`

/** What there is one of: the last sign of life of a run, and what the model has cost today. */
export class StateTable {
  readonly #database: Database
  readonly #beat: Statement
  readonly #useTokens: Statement

  constructor(database: Database) {
    this.#database = database
    this.#beat = database.prepare(
      'INSERT OR REPLACE INTO heartbeat VALUES (1, $journalMs, $clockMs, $wallMs)',
    )
    this.#useTokens = database.prepare(USE_TOKENS)
  }

  beat(heartbeat: Heartbeat): void {
    this.#beat.run({ ...heartbeat })
  }

  /** `undefined` before the first one. */
  lastBeat(): Heartbeat | undefined {
    const [row] = this.#database.prepare('SELECT * FROM heartbeat').all()
    if (!row) return undefined
    return {
      journalMs: Number(row.journal_ms),
      clockMs: Number(row.clock_ms),
      wallMs: Number(row.wall_ms),
    }
  }

  setTokenUse(use: TokenUse): void {
    this.#useTokens.run({ ...use })
  }

  tokenUse(): TokenUse | undefined {
    const [row] = this.#database.prepare('SELECT day, tokens FROM token_use').all()
    return row && { day: String(row.day), tokens: Number(row.tokens) }
  }
}
