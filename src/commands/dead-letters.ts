import { existsSync } from 'node:fs'
import path from 'node:path'
import { type EnvironmentOptions, loadConfig, loadEnvironmentOf } from '../config.js'
import { sameLogin } from '../domain.js'
import { ChorusError } from '../errors.js'
import { type DeadLetterChange, DeadLetters } from '../journal/dead-letters.js'
import { JOURNAL_FILE } from '../journal/journal-file.js'
import { maskSecrets } from '../mask-secrets.js'
import type { ScreenOutput } from './chat-screen.js'
import { formatDeadLetters, toDeadLetterJson } from './dead-letter-list.js'
import { printable } from './printable.js'
import { replies } from './replies.js'
import { runnerOn } from './runner-on.js'

export const DEAD_LETTER_ACTIONS = ['list', 'redrive', 'discard'] as const
export type DeadLetterAction = (typeof DEAD_LETTER_ACTIONS)[number]

/** What is to be done with which of them. */
export interface DeadLetterRequest {
  readonly action: DeadLetterAction
  readonly ids: readonly string[]
  readonly all?: boolean | undefined
  readonly json?: boolean | undefined
}

export interface DeadLettersOptions extends DeadLetterRequest, EnvironmentOptions {
  readonly file?: string | undefined
  readonly output: ScreenOutput
}

/** What is wrong with what was asked for, as a sentence; `undefined` where nothing is. */
export function faultOf({ action, all = false, ids, json = false }: DeadLetterRequest): string | undefined {
  if (action === 'list') {
    if (all || ids.length > 0) return 'dead-letters list shows all there are: it takes no ids and no --all'
    return undefined
  }
  if (json) return `--json is for dead-letters list, not for ${action}`
  if (all && ids.length > 0) return `dead-letters ${action} takes ids or --all, not both`
  if (!all && ids.length === 0) return `dead-letters ${action} wants the ids of dead letters, or --all`
  return undefined
}

/**
 * Shows the replies whose attempts are spent, has them tried again, or gives them up. It needs the data folder and nothing
 * else, and works beside a running Chorus.
 *
 * @throws ChorusError `no-dead-letter` for ids that there are none of, when the others are done; `journal-…` when the
 * journal can't be read or written; `config-invalid`; `file-missing` where the named configuration is not there
 */
export function deadLettersCommand({ env, cwd, file, output, ...request }: DeadLettersOptions): void {
  const options = { ...(env && { env }), ...(cwd !== undefined && { cwd }) }
  const environment = loadEnvironmentOf([], options)
  const bots = configuredBots(file, options)
  const mask = maskSecrets(environment.secrets)
  const write = (text: string) => void output.write(mask(text))
  const { dataDir } = environment
  if (dataDir === undefined) throw new ChorusError('journal-unwritable', 'There is no data folder.')
  try {
    if (request.action === 'list') list({ dataDir, output, write, json: request.json === true })
    else change({ dataDir, write, bots, ...request, action: request.action })
  } catch (error) {
    throw inFile(path.join(dataDir, JOURNAL_FILE), error)
  }
}

interface Parts {
  readonly dataDir: string
  readonly write: (text: string) => void
}

function list({ dataDir, json, output, write }: Parts & { output: ScreenOutput; json: boolean }): void {
  const letters = new DeadLetters(dataDir).list()
  if (json) write(toDeadLetterJson(letters))
  else if (letters.length > 0) write(formatDeadLetters(letters, output))
  else if (existsSync(path.join(dataDir, JOURNAL_FILE))) write('There are no dead letters.\n')
  else write(`There are no dead letters: there is no journal in ${dataDir} yet.\n`)
}

interface ChangeParts extends Parts, DeadLetterRequest {
  readonly action: Exclude<DeadLetterAction, 'list'>
  /** Of the configuration, where there is one. */
  readonly bots: readonly string[] | undefined
}

function change({ action, all, bots, dataDir, ids, write }: ChangeParts): void {
  const letters = new DeadLetters(dataDir)
  const meant = all ? letters.list().map(({ id }) => id) : ids
  const { changed, unknown } = letters[action](meant)
  if (changed.length > 0) write(`${action === 'discard' ? discarded(changed) : redriven(changed, dataDir)}\n`)
  else if (all) write('There are no dead letters.\n')
  if (action === 'redrive') for (const note of absentNotes(changed, bots)) write(`Note: ${note}\n`)
  // Of all that there are, somebody else may have changed some meanwhile.
  if (!all) requireKnown(unknown)
}

function discarded(changed: DeadLetterChange['changed']): string {
  return `${replies(changed.length)} discarded: nobody will answer ${changed.length === 1 ? 'it' : 'them'}.`
}

function redriven({ length }: DeadLetterChange['changed'], dataDir: string): string {
  const [are, them, take] = length === 1 ? ['is', 'it', 'takes'] : ['are', 'them', 'take']
  const what = `${replies(length)} ${are} to be tried again`
  const runner = runnerOn(dataDir)
  if (runner === 'unknown')
    return `${what}: a running Chorus takes ${them} up within 2 seconds, else the next start does.`
  if (!runner)
    return `${what}: no Chorus runs on ${dataDir}, the next start will ${take.replace(/s$/, '')} ${them} up.`
  const process = runner.pid === undefined ? '' : ` (process ${runner.pid})`
  return `${what}: the running Chorus${process} takes ${them} up within 2 seconds.`
}

/** Bots that are not there answer nobody. */
function absentNotes(ids: readonly string[], bots: readonly string[] | undefined): string[] {
  const logins = new Set(ids.map((id) => id.split('/', 1)[0] ?? ''))
  const absent = [...logins].filter((login) => bots && !bots.some((bot) => sameLogin(bot, login)))
  return absent.map(
    (login) => `${printable(login)} is no bot of the configuration now: what it owes waits until it is.`,
  )
}

function requireKnown(unknown: readonly string[]): void {
  if (unknown.length === 0) return
  const ids = [...new Set(unknown)].map((id) => JSON.stringify(printable(id))).join(', ')
  throw new ChorusError('no-dead-letter', `No dead letter has the id ${ids}.`)
}

/** The bots of the configuration, where one can be read; it is not needed, but one that was named must be there. */
function configuredBots(
  file: string | undefined,
  options: EnvironmentOptions,
): readonly string[] | undefined {
  try {
    return loadConfig({ ...options, file, shipped: 'never' }).config.bots.map(({ login }) => login)
  } catch (error) {
    if (!(error instanceof ChorusError)) throw error
    if (file !== undefined && error.code === 'file-missing') throw error
    return undefined
  }
}

/** What SQLite says, with the file that it says it of. */
function inFile(file: string, error: unknown): unknown {
  if (!(error instanceof ChorusError) || !error.code.startsWith('journal-')) return error
  return new ChorusError(error.code, `The journal ${file} can’t be used: ${error.message}`, { cause: error })
}
