import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../src/clock.js'
import type { MessageRouterOptions } from '../../src/router/message-router-options.js'
import { chatMessage } from '../support/chat-message.js'
import { routerFixture } from './router-fixture.js'

function commandFixture(options: Parameters<typeof routerFixture>[0] = {}) {
  const answers: Parameters<NonNullable<MessageRouterOptions['answerCommand']>>[] = []
  const fixture = routerFixture({ answerCommand: (...answer) => answers.push(answer), ...options })
  const command = (text: string, parts: Parameters<typeof chatMessage>[1] = {}) =>
    fixture.router.handleIncomingMessage(
      chatMessage(text, {
        login: 'mod',
        roles: { moderator: true },
        arrivedAtMs: fixture.clock.now(),
        ...parts,
      }),
    )
  return { ...fixture, answers, command }
}

describe('a moderator’s command', () => {
  it('is obeyed, answered in its channel by one line, and no question to a bot', async () => {
    const { router, answers, command } = commandFixture()
    const decisions = await command('!bots mute ava 5', { id: 'c1' })
    expect(decisions).toEqual([{ kind: 'silence', reason: 'control' }])
    expect(router.controls.muted).toMatchObject([{ bot: 'ava', leftMs: 5 * MINUTE }])
    expect(answers).toEqual([['mychannel', 'ava is silent for 5 min.', 'c1']])
  })

  it('is told of with its giver', async () => {
    const { router, command } = commandFixture()
    const told: unknown[] = []
    router.events.on('controls:changed', ({ by, isCalm }) => told.push([by, isCalm]))
    await command('!bots calm')
    expect(told).toEqual([['mod', true]])
  })

  it('is obeyed once, however many connections hear it', async () => {
    const { answers, command } = commandFixture()
    await command('!bots off', { id: 'same' })
    await command('!bots off', { id: 'same' })
    expect(answers).toHaveLength(1)
  })

  it('off has every bot say nothing until on, and then what was asked is answered', async () => {
    const { clock, answered, command, hear } = commandFixture({ chance: 1 })
    await command('!bots off')
    await hear('@ava hi')
    expect(await hear('nice play')).toMatchObject([{ kind: 'silence', reason: 'no-talker' }])
    await clock.advance(5 * MINUTE)
    expect(answered).toEqual([])
    await command('!bots on')
    await clock.advance(10 * SECOND)
    expect(answered).toMatchObject([{ task: { bot: 'ava', cause: 'mention' } }])
  })

  it('status tells how many viewers wait and for how long, the chance and who is parked', async () => {
    const { answers, command, hear } = commandFixture({
      parked: () => ['geneJacqueman' as never],
      chance: 0.4,
    })
    for (const login of ['ann', 'bob', 'cat', 'ann']) await hear('@ava hi', login)
    await command('!bots status')
    expect(answers.at(-1)?.[1]).toBe(
      'On. Chance 40 %. 3 viewers wait, done in about 3 s. Parked: geneJacqueman.',
    )
  })

  it('status foresees nothing for those who wait for a bot that is muted', async () => {
    const { answers, command, hear } = commandFixture()
    await command('!bots mute ava')
    for (const login of ['ann', 'bob']) await hear('@ava hi', login)
    await command('!bots status')
    expect(answers.at(-1)?.[1]).toBe('On. Chance 0 %. 2 viewers wait. Muted: ava.')
  })

  it('is obeyed without an answer where nobody says one', async () => {
    const { router, clock } = routerFixture()
    await router.handleIncomingMessage(
      chatMessage('!bots calm', { roles: { broadcaster: true }, arrivedAtMs: clock.now() }),
    )
    expect(router.controls.isCalm).toBe(true)
  })

  it('is obeyed during a graceful stop, and no more after it', async () => {
    const { router, clock, answers, command, hear } = commandFixture()
    await hear('@ava hi')
    const report = router.gracefulStop()
    await command('!bots off')
    await clock.advance(10 * SECOND)
    expect(await report).toEqual({ done: 0, left: 1 })
    await command('!bots on')
    expect(answers).toHaveLength(1)
    expect(router.controls.muted).toHaveLength(2)
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('a command without a badge', () => {
  it.each([
    ['a viewer', { login: 'ann', roles: { moderator: false, vip: true, subscriber: true } }],
    ['a line of another channel', { isMirrored: true }],
    ['one of our own bots', { login: 'ava' }],
  ])('for this room, by %s, changes nothing and gets no answer', async (_name, parts) => {
    const { router, answers, command } = commandFixture()
    const before = router.controls
    for (const text of ['!bots off', '!bots calm', '!bots chance 100', '!bots hm', '!bots status'])
      expect(await command(text, parts)).toMatchObject([{ kind: 'silence' }])
    expect(router.controls).toEqual(before)
    expect(answers).toEqual([])
  })
})
