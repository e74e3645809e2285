import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toBots } from '../../src/config-schema.js'
import { type ChatMessage, toMessageId } from '../../src/domain.js'
import { pick, type Random, seededRandom } from '../../src/random.js'
import { Orchestrator } from '../../src/routing/orchestrator.js'
import { chatMessage } from '../support/chat-message.js'

/*
 * Goal: whatever happens in chat, bots that name each other in every line say at most `maxTurns` lines to each other for
 * each line of a viewer, and come to an end. Method: a chat in which replies come late, in any order, twice, with other
 * words, without their parent, below somebody else's line, or are never heard; the test follows by itself where each line
 * comes from.
 */

interface Line {
  readonly message: ChatMessage
  /** The viewer's line that it goes back to. */
  readonly root: string
}

interface Plan {
  readonly bots: number
  readonly maxTurns: number
  readonly viewerLines: number
  readonly seed: number
}

/** Runs a chat until nothing is left to be said. Returns the replies of bots to bots, by the viewer's line that led to them. */
function chat({ bots: count, maxTurns, viewerLines, seed }: Plan) {
  const random = seededRandom(seed)
  const logins = Array.from({ length: count }, (_, index) => `bot${index}`)
  const orchestrator = new Orchestrator({
    bots: toBots(logins.map((login) => ({ login }))),
    random,
    replies: { chance: 0.5 },
    banter: { enabled: true, maxTurns },
  })
  const all = logins.join(' ')
  /** Owed and not said yet. */
  const pending: Line[] = []
  const heard: Line[] = []
  const banter = new Map<string, number>()
  let said = 0

  const hear = ({ message, root }: Line) => {
    heard.push({ message, root })
    for (const decision of orchestrator.decide(message)) {
      if (decision.kind !== 'reply') continue
      if (decision.cause === 'low') banter.set(root, (banter.get(root) ?? 0) + 1)
      const { id, login } = message
      const answer = chatMessage(`@${login} ${all}`, { login: decision.bot, replyTo: { id, login } })
      pending.push({ message: answer, root })
    }
  }
  let left = viewerLines
  while (left > 0 || pending.length > 0) {
    if (left > 0 && (pending.length === 0 || random() < 0.2)) {
      left -= 1
      const message = viewerLine(random, logins, heard)
      hear({ message, root: message.id })
      continue
    }
    said += 1
    const [line] = pending.splice(Math.floor(random() * pending.length), 1)
    if (line) for (const version of happens(line, random, heard)) hear(version)
    // Lines are finite in number, or this is no end.
    if (said > 10_000) throw new Error('it does not end')
  }
  return { banter, said }
}

function viewerLine(random: Random, logins: readonly string[], heard: readonly Line[]): ChatMessage {
  const named = logins.filter(() => random() < 0.5).map((login) => `@${login}`)
  const parent = heard.length > 0 && random() < 0.3 ? pick(random, heard).message : undefined
  return chatMessage(`${named.join(' ')} hm`, {
    ...(parent && { replyTo: { id: parent.id, login: parent.login } }),
  })
}

/** What chat makes of a line: what is heard of it, if anything. */
function happens(line: Line, random: Random, heard: readonly Line[]): Line[] {
  const { message, root } = line
  const { replyTo: _, ...unthreaded } = message
  const draw = random()
  if (draw < 0.1) return []
  if (draw < 0.2) return [{ message: unthreaded, root }]
  if (draw < 0.3) return [{ message: { ...message, replyTo: { id: toMessageId('lost'), login: 'x' } }, root }]
  if (draw < 0.4) return [{ message: { ...message, text: 'nothing of the kind' }, root }]
  if (draw < 0.5) {
    // Threaded by hand below another line: it counts for that one.
    const parent = pick(random, heard)
    const { id, login } = parent.message
    return [{ message: { ...message, replyTo: { id, login } }, root: parent.root }]
  }
  if (draw < 0.6) return [line, line]
  return [line]
}

it.each([2, 5])('%d bots that name each other come to an end, whatever happens in chat', (bots) => {
  let busiest = 0
  fc.assert(
    fc.property(
      fc.record({
        bots: fc.constant(bots),
        maxTurns: fc.integer({ min: 1, max: 20 }),
        viewerLines: fc.integer({ min: 1, max: 12 }),
        seed: fc.integer(),
      }),
      (plan) => {
        const { banter, said } = chat(plan)
        for (const count of banter.values()) expect(count).toBeLessThanOrEqual(plan.maxTurns)
        expect(said).toBeLessThanOrEqual(plan.viewerLines * (bots + plan.maxTurns))
        busiest = Math.max(busiest, ...[...banter.values()].map((count) => count / plan.maxTurns))
      },
    ),
    { numRuns: 400 },
  )
  // The bound was reached: bots did talk.
  expect(busiest).toBe(1)
})
