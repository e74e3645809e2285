import { describe, expect, it } from 'vitest'
import { choruses, type Fixture } from './chorus-fixture.js'
import { AT_ONCE, ask } from './questions.js'
import { expectSaidOnce } from './said-once.js'

/*
 * Goal: bots that name each other in every line talk as long as they may, and no longer, through a chat that is real as far
 * as it can be: their lines go through text safety, and are heard by each other's connections.
 */

const start = choruses()
const QUICK = { ...AT_ONCE, factor: 20 }

/** A model whose every line calls both bots. */
function callsBoth({ model }: Pick<Fixture, 'model'>): void {
  for (let i = 0; i < 12; i++) model.script({ kind: 'say', text: `number ${i} is for @ava and @ben` })
}

const isDecided = ({ record }: Fixture, reason: string) =>
  record
    .of('message:decided')
    .some(({ decisions }) => decisions.some((each) => each.kind === 'silence' && each.reason === reason))

describe('bots that name each other', () => {
  it('say as many lines to each other as they may, each threaded below the last, and stop', async () => {
    const chorus = await start({
      ...QUICK,
      config: { ...AT_ONCE.config, banter: { enabled: true, maxTurns: 3 } },
      before: callsBoth,
    })
    const { record, twitch } = chorus
    const question = ask(chorus)
    await record.until(() => isDecided(chorus, 'banter-over'))
    const lines = twitch.ledger.attempts()
    expect(lines.map(({ account }) => account)).toEqual(['ava', 'ben', 'ava', 'ben'])
    const ids = [question, ...lines.map(({ shown }) => shown?.id)]
    expect(lines.map(({ replyParent }) => replyParent)).toEqual(ids.slice(0, -1))
    await expectSaidOnce(chorus)
  })

  it('stop at once by default', async () => {
    const chorus = await start({ ...QUICK, before: callsBoth })
    ask(chorus)
    await chorus.record.until(() => isDecided(chorus, 'own-bot'))
    expect(chorus.record.of('reply:accepted')).toHaveLength(1)
    await expectSaidOnce(chorus)
  })
})
