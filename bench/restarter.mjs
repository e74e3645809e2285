import path from 'node:path'
import Libsql from 'libsql'
import { BOT, createAccepting } from './accepting.mjs'
import { viewerLine } from './mention.mjs'
import { serveRequests } from './worker.mjs'

/** Rows of earlier days, in the journal's own table: half a second apart. */
const SETTLED = `
  WITH RECURSIVE past (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM past WHERE number < $settled)
  INSERT INTO settled_reply (
    number, id, bot, cause, channel, viewer, message, delay_ms, arrived_ms, settled_ms, outcome, details, attempts, crashes
  )
  SELECT
    number, $bot || '/' || lower(hex(randomblob(18))), $bot, 'mention', 'bench', 'viewer' || number,
    iif(number % 100 = 0, $message, NULL), 1500, $nowMs - ($settled - number) * 500.0, $nowMs - ($settled - number) * 500.0,
    iif(number % 100 = 0, 'dead', 'sent'),
    iif(number % 100 = 0, '{"code":"model-shape","reason":"no answer"}', '{"id":"' || lower(hex(randomblob(18))) || '"}'),
    0, 0
  FROM past`

/** The worker that fills a journal, or starts on one. */
serveRequests(({ kind, ...request }) => (kind === 'fill' ? fill(request) : restart(request)))

/** @param {{ folder: string, settled: number, waiting: number }} request */
async function fill({ folder, settled, waiting }) {
  // Made by the product: its tables, and then what waits.
  await leaveWaiting(folder, 0)
  if (settled > 0) addSettled(path.join(folder, 'journal.db'), settled)
  await leaveWaiting(folder, waiting)
  return {}
}

/**
 * @param {string} file
 * @param {number} settled
 */
function addSettled(file, settled) {
  const database = new Libsql(file)
  database.exec('PRAGMA synchronous = OFF')
  const { arrivedAtMs: _, ...message } = viewerLine(`@${BOT} is anybody there?`, 0)
  database.prepare(SETTLED).run({ settled, bot: BOT, nowMs: Date.now(), message: JSON.stringify(message) })
  database.close()
}

/**
 * @param {string} folder
 * @param {number} waiting
 */
async function leaveWaiting(folder, waiting) {
  const { router, clock, open, restore, end } = createAccepting(folder, 'grouped')
  open()
  restore()
  const mentions = Array.from({ length: waiting }, () => viewerLine(`@${BOT} is anybody there?`, clock.now()))
  await Promise.all(mentions.map((mention) => router.handleIncomingMessage(mention)))
  await end()
}

/** @param {{ folder: string, waiting: number }} request */
async function restart({ folder, waiting }) {
  const before = process.memoryUsage().rss
  const { router, open, restore, end } = createAccepting(folder, 'grouped')
  const startMs = performance.now()
  open()
  const openMs = performance.now() - startMs
  const restored = restore()
  const restoreMs = performance.now() - startMs - openMs
  const { size, pending } = router.getQueueMetrics().global
  if (restored !== waiting || size + pending !== waiting)
    throw new Error(`${restored} are there again, not ${waiting}`)
  const rss = process.memoryUsage().rss - before
  await end()
  return { openMs, restoreMs, rss }
}
