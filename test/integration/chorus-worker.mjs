import { createChorus, seededRandom, systemClock } from '../../dist/index.js'

/*
 * A Chorus in a process of its own, on a fast clock; addresses, tokens and folder come from the environment, the
 * configuration and the clock's factor as arguments. It tells its parent what its events say.
 */
const [config = '', factor = '1'] = process.argv.slice(2)
const chorus = await createChorus(JSON.parse(config), {
  clock: systemClock(Number(factor)),
  random: seededRandom(3),
})
const tell = (/** @type {object} */ news) => process.send?.(news)
chorus.events.on('bot:disconnected', ({ reason }) => tell({ event: 'bot:disconnected', reason }))
chorus.events.on('reply:accepted', ({ task }) => tell({ event: 'reply:accepted', id: task.message.id }))
chorus.events.on('reply:settled', ({ task, outcome }) =>
  tell({ event: 'reply:settled', id: task.message.id, task: task.id, viewer: task.message.login, outcome }),
)
for (const event of /** @type {const} */ (['journal:refusing', 'journal:recovered']))
  chorus.events.on(event, (/** @type {{ reason?: string }} */ { reason }) => tell({ event, reason }))
chorus.events.on('error', ({ error, where }) => tell({ event: 'error', where, reason: String(error) }))
process.on('disconnect', () => process.exit())
await chorus.start()
tell({ event: 'started' })
