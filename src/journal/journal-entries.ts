import type { TaskId } from '../domain.js'
import type { ReplyRecord } from '../reply-journal.js'
import type { OpenReply } from './reply-table.js'
import type { Store } from './store.js'

/** A reply whose last word the file may not have heard yet. */
export interface JournalEntry {
  record: ReplyRecord
  /** Its place in the file: by the order of acceptance. */
  number: number
  isInFile: boolean
  isSettled: boolean
}

/** Writes it down as it stands when it is written: in another file it may have another number. */
export function putOf(entry: JournalEntry): (store: Store) => void {
  return (store) => store.replies.put(entry.number, entry.record)
}

export function written(entry: JournalEntry): void {
  entry.isInFile = true
}

/** A redrive begins the reply’s age and attempts anew. */
export function anew({ task, ...record }: ReplyRecord, nowMs: number): ReplyRecord {
  return {
    ...record,
    task: { ...task, message: { ...task.message, arrivedAtMs: nowMs } },
    unservedSinceMs: undefined,
  }
}

/** What the journal knows by heart: all that is open, and all that the file has still to be told of. Bounded by these. */
export class JournalEntries {
  readonly #entries = new Map<TaskId, JournalEntry>()
  #newestNumber = 0

  get(id: TaskId): JournalEntry | undefined {
    return this.#entries.get(id)
  }

  /** A reply that is new. */
  add(record: ReplyRecord): JournalEntry {
    this.#newestNumber += 1
    return this.#set({ record, number: this.#newestNumber, isInFile: false, isSettled: false })
  }

  /** A reply that was found in the file. */
  adopt(record: ReplyRecord, number: number): JournalEntry {
    return this.#set({ record, number, isInFile: true, isSettled: false })
  }

  remove(entry: JournalEntry): void {
    const { id } = entry.record.task
    if (this.#entries.get(id) === entry) this.#entries.delete(id)
  }

  /**
   * The file may be another one: each entry takes the number that it has there. Returns those that are not in it, under
   * numbers that nobody has.
   */
  renumber(open: readonly OpenReply[], newestInFile: number): JournalEntry[] {
    const numbers = new Map(open.map(({ record, number }) => [record?.task.id, number]))
    this.#newestNumber = Math.max(this.#newestNumber, newestInFile)
    const missing: JournalEntry[] = []
    for (const [id, entry] of this.#entries) {
      const number = numbers.get(id)
      entry.isInFile = number !== undefined
      entry.number = number ?? ++this.#newestNumber
      if (!entry.isInFile) missing.push(entry)
    }
    return missing
  }

  #set(entry: JournalEntry): JournalEntry {
    this.#entries.set(entry.record.task.id, entry)
    return entry
  }
}
