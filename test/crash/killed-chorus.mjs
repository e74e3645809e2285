import { createChorus, seededRandom, systemClock } from '../../dist/index.js'
import { dieAt, dieOf, forget } from './journal-hooks.mjs'

/** @import { ChildOrder, News } from './chorus-child.mjs' */

/*
 * The Chorus that is killed. Addresses, tokens and folder come from the environment, the rest as one argument. It begins
 * when its parent says `go`, tells what its events say, and ends in good order when its parent says `stop`.
 */

/** @type {ChildOrder} */
const order = JSON.parse(process.argv[2] ?? '{}')
const tell = (/** @type {News} */ news) => void process.send?.(news)

if (order.forgets) forget(order.forgets)
if (order.diesAt) dieAt(order.diesAt)
if (order.diesOf !== undefined) dieOf(order.diesOf)

const machine = systemClock(order.factor)
const chorus = await createChorus(order.config, {
  // A fast clock counts the wall from the start of its process: here the processes of a round must agree.
  clock: { ...machine, wall: () => machine.now() + order.wallAheadMs },
  random: seededRandom(order.seed),
})

chorus.events.on('bot:joined', () => tell({ event: 'joined' }))
chorus.events.on('line:unanswered', ({ bot }) => tell({ event: 'unanswered', bot }))
chorus.events.on('message:decided', ({ decisions }) => {
  for (const decision of decisions)
    if (decision.kind === 'reply') tell({ event: 'decided', task: decision.task })
})
chorus.events.on('reply:restored', ({ task }) => tell({ event: 'restored', task: task.id }))
chorus.events.on('reply:settled', ({ task }) => tell({ event: 'settled', task: task.id }))
chorus.events.on('journal:refusing', ({ reason }) => tell({ event: 'problem', text: `journal: ${reason}` }))
chorus.events.on('journal:damaged', ({ reason }) => tell({ event: 'problem', text: `journal: ${reason}` }))
chorus.events.on('error', ({ error, where }) => tell({ event: 'problem', text: `${where}: ${error}` }))

process.on('disconnect', () => process.exit())
process.on('message', async (message) => {
  if (message === 'go') await chorus.start()
  if (message !== 'stop') return
  await chorus.gracefulStop()
  process.disconnect()
})
tell({ event: 'loaded' })
