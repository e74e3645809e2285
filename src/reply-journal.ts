import type { Outcome, ReplyTask, TaskId } from './domain.js'

/** How far a reply has come, as far as a later run has to know. Lines are the handler's own, JSON-safe. */
export type Progress =
  /** It waits: in its lane, for a retry, for a room or a bot. */
  | { readonly kind: 'accepted' }
  /** Its line is being made: a process that dies now may have died of it. */
  | { readonly kind: 'working' }
  /** Its line is made and was never written. */
  | { readonly kind: 'ready'; readonly line: unknown }
  /** Its line is being written, or was and has no answer; `writtenAtMs` in clock milliseconds. */
  | { readonly kind: 'sending'; readonly line: unknown; readonly writtenAtMs: number }

/** An accepted reply without an outcome, as it is written down. All times are this run's clock milliseconds. */
export interface ReplyRecord {
  readonly task: ReplyTask
  readonly progress: Progress
  /**
   * Set while one line is to answer several replies; the same for all of them. One of them alone is written down as
   * `sending`, and is the last to be settled.
   */
  readonly joint?: string | undefined
  /** Failures that the reply itself is to blame for. */
  readonly attempts: number
  /** Processes that died while they worked on it. */
  readonly crashes: number
  /** Since when it can't be served; unset while it can. */
  readonly unservedSinceMs: number | undefined
}

/**
 * Where accepted replies are written down, so that a later run goes on with them. Nothing here ever rejects or throws:
 * while the disk refuses, replies are kept in memory, and the journal's own events say so.
 */
export interface ReplyJournal {
  /** Whether what is written down now outlives the process. */
  readonly isDurable: boolean
  /** Writes a reply down as it stands; resolves when a crash can't lose that any more, or when the disk refuses. */
  put(record: ReplyRecord): Promise<void>
  /** The same before it returns: what must not happen again after a crash is written down before it is done. */
  putNow(record: ReplyRecord): void
  /** The reply has its outcome. Of the words in it only a dead letter's are kept: it may be tried again. */
  settle(record: ReplyRecord, outcome: Outcome): Promise<void>
  /** Whether the reply has had its outcome in an earlier run, as far as is remembered. */
  hasSettled(id: TaskId): boolean
  /**
   * Gives the replies that have no outcome to `take`: once those that earlier runs left, and from then on those that
   * somebody redrives, or that a journal still had which could not be read before.
   */
  restore(take: (records: readonly ReplyRecord[]) => void): void
}
