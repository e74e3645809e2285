import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../../src/clock.js'
import { Episode } from '../../../src/control-room/snapshot/episode.js'
import type { Outcome, ReplyTask } from '../../../src/domain.js'
import { ChorusEmitter } from '../../../src/events.js'
import { ManualClock } from '../../support/manual-clock.js'
import { raidOf } from '../../support/raid.js'
import { replyTask } from '../../support/reply-task.js'

const EXPIRED: Outcome = { kind: 'expired', reason: 'too late' }

function following() {
  const clock = new ManualClock()
  const events = new ChorusEmitter()
  const episode = new Episode({ clock, events })
  const ask = (login = 'ann', cause: ReplyTask['cause'] = 'mention') => {
    const task = replyTask({ login, cause })
    events.emit('reply:accepted', { task })
    return task
  }
  const settle = (task: ReplyTask, outcome: Outcome = { kind: 'sent' }) =>
    events.emit('reply:settled', { task, outcome, tookMs: 1 })
  const raid = (parts: Parameters<typeof raidOf>[0] = {}) => events.emit('chat:raided', raidOf(parts))
  return { ask, clock, episode, events, raid, settle }
}

describe('an episode', () => {
  test('begins when somebody waits, counts, and is over when nobody does', () => {
    const { ask, episode, settle } = following()
    expect(episode.state).toBeUndefined()
    const [first, second] = [ask('ann'), ask('bob')]
    expect(episode.state).toEqual({ asked: 2, answered: 0, viewersWaiting: 2, mentionsWaiting: 2 })
    settle(first)
    ask('cat')
    expect(episode.state).toMatchObject({ asked: 3, answered: 1, viewersWaiting: 2 })
    settle(second)
    expect(episode.state).toMatchObject({ answered: 2, mentionsWaiting: 1 })
  })

  test('begins anew with who waits next', () => {
    const { ask, episode, settle } = following()
    settle(ask())
    expect(episode.state).toBeUndefined()
    ask()
    expect(episode.state).toMatchObject({ asked: 1, answered: 0 })
  })

  test('counts a viewer who has asked twice once, until both have their outcome', () => {
    const { ask, episode, settle } = following()
    const [first, second] = [ask('ann'), ask('ann')]
    expect(episode.state).toMatchObject({ asked: 2, viewersWaiting: 1, mentionsWaiting: 2 })
    settle(first)
    expect(episode.state).toMatchObject({ viewersWaiting: 1, mentionsWaiting: 1 })
    settle(second)
    expect(episode.state).toBeUndefined()
  })

  test('takes what came to nothing for no answer', () => {
    const { ask, episode, settle } = following()
    ask('bob')
    settle(ask(), EXPIRED)
    expect(episode.state).toMatchObject({ asked: 2, answered: 0, mentionsWaiting: 1 })
  })

  test('is about mentions alone', () => {
    const { ask, episode, settle } = following()
    settle(ask('ann', 'chance'))
    ask('ann', 'low')
    expect(episode.state).toBeUndefined()
  })

  test('takes in what an earlier run has left, each reply once, and nothing that ends at once', () => {
    const { episode, events, settle } = following()
    const task = replyTask()
    for (let n = 0; n < 2; n++) events.emit('reply:restored', { task, ageMs: 9 })
    settle(replyTask(), EXPIRED)
    expect(episode.state).toEqual({ asked: 1, answered: 0, viewersWaiting: 1, mentionsWaiting: 1 })
  })
})

describe('a raid', () => {
  test('begins an episode, with those who wait already', () => {
    const { ask, episode, raid, settle } = following()
    settle(ask('zoe'))
    ask('ann')
    raid({ viewers: 143 })
    ask('bob')
    expect(episode.state).toEqual({
      raid: { from: 'Dana', viewers: 143 },
      ...{ asked: 2, answered: 0, viewersWaiting: 2, mentionsWaiting: 2 },
    })
  })

  test('is told of for thirty seconds, though everybody is answered before', async () => {
    const { ask, clock, episode, raid, settle } = following()
    raid()
    settle(ask())
    await clock.advance(30 * SECOND - 1)
    expect(episode.state).toMatchObject({ raid: { viewers: 42 }, asked: 1, answered: 1 })
    await clock.advance(1)
    expect(episode.state).toBeUndefined()
  })

  test('goes on for as long as somebody waits, and who comes after it is no part of it', async () => {
    const { ask, clock, episode, raid, settle } = following()
    raid()
    const last = ask()
    await clock.advance(60 * SECOND)
    expect(episode.state?.raid).toBeDefined()
    settle(last)
    ask('later')
    expect(episode.state).toEqual({ asked: 1, answered: 0, viewersWaiting: 1, mentionsWaiting: 1 })
  })

  test('ends when those who came with it are answered, in a chat that goes on asking, too', async () => {
    const { ask, clock, episode, raid, settle } = following()
    raid({ viewers: 143 })
    let last = ask('raider')
    // Somebody waits at every moment.
    for (let second = 0; second < 2 * 60; second += 10) {
      await clock.advance(10 * SECOND - 1)
      const next = ask(`viewer${second}`)
      await clock.advance(1)
      settle(last)
      last = next
      expect(episode.state).toMatchObject({ raid: { viewers: 143 }, asked: second / 10 + 2 })
    }
    // Two minutes are over: whoever asks now is no raider, and is not waited for.
    ask('later')
    expect(episode.state).toMatchObject({ raid: {}, asked: 13, answered: 12, viewersWaiting: 2 })
    settle(last)
    expect(episode.state).toEqual({ asked: 1, answered: 0, viewersWaiting: 1, mentionsWaiting: 1 })
  })

  test('counts for answered who asked in time, and nobody else', async () => {
    const { ask, clock, episode, raid, settle } = following()
    raid()
    ask('ann')
    await clock.advance(2 * MINUTE)
    settle(ask('late'))
    expect(episode.state).toMatchObject({ raid: {}, asked: 1, answered: 0, mentionsWaiting: 1 })
  })

  test('is none any more after fifteen minutes, whoever waits', async () => {
    const { ask, clock, episode, raid, settle } = following()
    raid()
    settle(ask('ann'))
    ask('bob')
    await clock.advance(15 * MINUTE - 1)
    expect(episode.state?.raid).toBeDefined()
    await clock.advance(1)
    expect(episode.state).toEqual({ asked: 1, answered: 0, viewersWaiting: 1, mentionsWaiting: 1 })
  })

  test('that has gone to another channel is none', () => {
    const { episode, raid } = following()
    raid({ isMirrored: true })
    expect(episode.state).toBeUndefined()
  })

  test('takes the place of the one before', () => {
    const { ask, episode, raid, settle } = following()
    raid({ viewers: 1 })
    settle(ask())
    raid({ viewers: 2 })
    expect(episode.state).toMatchObject({ raid: { viewers: 2 }, asked: 0, answered: 0 })
  })
})
