import type { ReplyJournal } from '../reply-journal.js'

/** Where nothing outlives the process. */
export const NO_JOURNAL: ReplyJournal = {
  isDurable: false,
  put: async () => {},
  putNow: () => {},
  settle: async () => {},
  hasSettled: () => false,
  restore: () => {},
}
