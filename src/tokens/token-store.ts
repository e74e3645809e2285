import { chmodSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Clock } from '../clock.js'
import { ChorusError } from '../errors.js'
import { fileStamp } from '../file-stamp.js'
import { replaceFile } from '../replace-file.js'
import { withFileLock } from './file-lock.js'
import type { StoredToken } from './stored-token.js'
import { formatTokenFile, type ParsedTokenFile, parseTokenFile } from './token-file.js'

export interface TokenStoreOptions {
  /** The data folder, absolute; made where it is missing as soon as there is something to store. */
  readonly dataDir: string
  readonly clock: Clock
}

const FILE_NAME = 'tokens.json'
/** For this user alone. */
const FOLDER_MODE = 0o700
const OTHERS = 0o077
/** Longest file that is read, in bytes. */
const FILE_BYTES_MAX = 4 * 1024 * 1024

/**
 * The tokens of the bots that were signed in, in a file of the data folder that only this user may read. Several
 * processes may use it at once, `chorus login` beside a running Chorus: writing goes under a lock, reading needs none.
 */
export class TokenStore {
  readonly file: string
  readonly #options: TokenStoreOptions
  #seen: { readonly stamp: string | undefined; readonly content: ParsedTokenFile } | undefined

  constructor(options: TokenStoreOptions) {
    this.#options = options
    this.file = path.join(options.dataDir, FILE_NAME)
  }

  /** What the file holds now; read only after it has changed. It is never touched by this, damaged or not. */
  read(): ParsedTokenFile {
    const stamp = fileStamp(this.file)
    if (this.#seen?.stamp !== stamp || !this.#seen) this.#seen = { stamp, content: this.#load() }
    return this.#seen.content
  }

  /** The token of one bot. */
  get(login: string): StoredToken | undefined {
    return this.read().tokens.get(login.toLowerCase())
  }

  /** Takes from others the right to read the file; true where they had it. */
  close(): boolean {
    try {
      const isOpen = process.platform !== 'win32' && (statSync(this.file).mode & OTHERS) !== 0
      if (isOpen) chmodSync(this.file, 0o600)
      return isOpen
    } catch {
      // It is not there, or not ours: then there is nothing of ours in it.
      return false
    }
  }

  /**
   * Replaces the token of one bot. `decide` gets what is stored for it at that moment, while nobody else can change it,
   * and returns what shall be; what it gets, to leave that as it is. A damaged file is kept aside.
   *
   * @returns what is stored now
   * @throws ChorusError `tokens-unwritable`
   */
  async update(
    login: string,
    decide: (stored: StoredToken | undefined) => StoredToken | undefined,
  ): Promise<StoredToken | undefined> {
    try {
      mkdirSync(this.#options.dataDir, { recursive: true, mode: FOLDER_MODE })
      return await withFileLock(`${this.file}.lock`, this.#options.clock, () => this.#write(login, decide))
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
      throw new ChorusError('tokens-unwritable', `${this.file} can’t be written${code}.`, { cause: error })
    }
  }

  #write(login: string, decide: (stored: StoredToken | undefined) => StoredToken | undefined) {
    const { tokens, damage } = this.#load()
    const key = login.toLowerCase()
    const stored = tokens.get(key)
    const wanted = decide(stored)
    if (wanted === stored) return stored
    if (damage !== undefined) renameSync(this.file, `${this.file}.damaged-${this.#options.clock.wall()}`)
    const others = [...tokens].filter(([other]) => other !== key)
    const entry: [string, StoredToken][] = wanted === undefined ? [] : [[key, wanted]]
    replaceFile(this.file, formatTokenFile(new Map([...others, ...entry])))
    return wanted
  }

  #load(): ParsedTokenFile {
    try {
      if (statSync(this.file).size > FILE_BYTES_MAX)
        return { tokens: new Map(), damage: 'it is far too long' }
      return parseTokenFile(readFileSync(this.file, 'utf8'))
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      return { tokens: new Map(), damage: code === 'ENOENT' ? undefined : `it can’t be read (${code})` }
    }
  }
}
