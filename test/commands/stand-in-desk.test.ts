import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { StandInDesk } from '../../src/commands/stand-in-desk.js'
import { toChannelName } from '../../src/domain.js'
import { seededRandom } from '../../src/random.js'
import { ModelSimulator } from '../../src/simulator/model-simulator.js'
import { TwitchSimulator } from '../../src/simulator/twitch-simulator.js'
import { ManualClock } from '../support/manual-clock.js'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** A desk over a Twitch without a server, and a model that really listens. */
async function desks({ hasModel = true } = {}) {
  const twitch = new TwitchSimulator({ clock: new ManualClock(), random: seededRandom(1) })
  const model = new ModelSimulator({ clock: systemClock(), random: seededRandom(2), latency: 0 })
  await model.start()
  open.push(() => model.stop())
  const chat = { linesPerSecond: 0.5, play: () => true, setPace: () => {} }
  const channel = toChannelName('mychannel')
  const desk = new StandInDesk({ twitch, chat, channel, model: hasModel ? model : undefined })
  const answers = () =>
    fetch(`${model.url}/models`).then(
      ({ ok }) => ok,
      () => false,
    )
  return { desk, twitch, model, room: twitch.room('mychannel'), answers }
}

/** Another program on the model’s port. */
function squat(url: string): Promise<Server> {
  const server = createServer()
  open.push(() => server.close())
  return new Promise((resolve) =>
    server.listen(Number(new URL(url).port), '127.0.0.1', () => resolve(server)),
  )
}

describe('the lines of the desk', () => {
  test('are those of chat as viewers see them', async () => {
    const { desk, room } = await desks()
    room.say('PixelFan', 'hi <b>there</b>')
    room.raid('CosmicCrumpet', 100)
    expect(desk.lines()).toMatchObject([
      {
        kind: 'viewer',
        name: 'PixelFan',
        text: 'hi <b>there</b>',
        color: expect.stringMatching(/^#[\dA-F]{6}$/),
      },
      { kind: 'system', text: '100 raiders from CosmicCrumpet have joined!' },
    ])
  })

  test('are the last eighty, and the same list until one comes', async () => {
    const { desk, room } = await desks()
    for (let n = 1; n <= 80; n++) room.say('ann', `line ${n}`)
    const before = desk.lines()
    expect(desk.lines()).toBe(before)
    room.say('ann', 'line 81')
    expect(before).toHaveLength(80)
    expect(desk.lines().map(({ text }) => text)).toEqual([
      ...before.slice(1).map(({ text }) => text),
      'line 81',
    ])
  })

  test('are no more after the close', async () => {
    const { desk, room } = await desks()
    desk.close()
    desk.close()
    room.say('ann', 'hi')
    expect(desk.lines()).toEqual([])
  })
})

test('a viewer that somebody types for has the name as typed, and is the same one every time', async () => {
  const { desk, twitch } = await desks()
  const told: string[] = []
  twitch.room('mychannel').enter({ deliver: ({ tagged }) => told.push(tagged) })
  for (const viewer of ['PixelFan', 'pixelfan', 'Other']) desk.say(viewer, 'hi')
  const [first = '', second = '', other = ''] = told
  const part = (line: string, name: string) => new RegExp(`${name}=([^; ]+)`).exec(line)?.[1]
  expect(told.map((line) => part(line, 'display-name'))).toEqual(['PixelFan', 'pixelfan', 'Other'])
  expect(first).toContain(':pixelfan!pixelfan@pixelfan.tmi.twitch.tv PRIVMSG #mychannel :hi')
  for (const name of ['user-id', 'color']) expect(part(first, name)).toBe(part(second, name))
  expect(part(other, 'user-id')).not.toBe(part(first, 'user-id'))
  expect(new Set(desk.lines().map(({ id }) => id)).size).toBe(3)
})

describe('the model', () => {
  test('really stops listening, twice even, and comes back where it was', async () => {
    const { answers, desk } = await desks()
    for (const away of [true, true, false, false]) {
      await desk.turnModel({ away })
      expect([desk.state().isModelAway, await answers()]).toEqual([away, !away])
    }
  })

  test.each([true, false])('turned many times at once ends as it was turned last: away %s', async (last) => {
    const { answers, desk } = await desks()
    const turns = Array.from({ length: 21 }, (_, n) => desk.turnModel({ away: (n % 2 === 0) === last }))
    await Promise.all(turns)
    expect([desk.state().isModelAway, await answers()]).toEqual([last, !last])
  })

  test('stays away where another program has taken its port, says so, and comes back later', async () => {
    const { answers, desk, model } = await desks()
    await desk.turnModel({ away: true })
    const squatter = await squat(model.url)
    await expect(desk.turnModel({ away: false })).rejects.toMatchObject({ code: 'port-taken' })
    expect(desk.state().isModelAway).toBe(true)
    await new Promise((resolve) => squatter.close(resolve))
    await desk.turnModel({ away: false })
    expect([desk.state().isModelAway, await answers()]).toEqual([false, true])
  })

  test('is healed by the stop, and holds it up in no case', async () => {
    const { answers, desk, model } = await desks()
    await desk.turnModel({ away: true })
    desk.heal()
    await desk.turnModel({ away: false })
    expect(await answers()).toBe(true)
    await desk.turnModel({ away: true })
    await squat(model.url)
    desk.heal()
    await expect(desk.turnModel({ away: false })).rejects.toMatchObject({ code: 'port-taken' })
  })

  test('of somebody’s own can’t be away, which the state says', async () => {
    const { answers, desk } = await desks({ hasModel: false })
    expect(desk.state()).toMatchObject({ isModelAway: false, canModelBeAway: false })
    await expect(desk.turnModel({ away: true })).rejects.toThrow(TypeError)
    desk.heal()
    expect(await answers()).toBe(true)
  })
})
