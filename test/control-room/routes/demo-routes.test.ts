import { describe, expect, test } from 'vitest'
import { ask, BEARER, idleChorus, post, rooms } from '../room-fixture.js'
import { FakeDesk } from './fake-desk.js'

const open = rooms()

/** A control room of ava’s, beside a demo. */
async function driven() {
  const desk = new FakeDesk()
  const { url } = await open({ demo: desk })
  return { desk, send: (what: string, body: object | string) => post(`${url}api/demo/${what}`, body) }
}

describe('below /api/demo', () => {
  test.each([
    ['say', { viewer: 'Ann_1', text: '@ava <b>hi</b>' }, 'Ann_1: @ava <b>hi</b>'],
    ['scene', { scene: 'raid' }, 'raid'],
    ['scene', { scene: 'questions' }, 'questions'],
    ['scene', { scene: 'everyone' }, 'everyone'],
    ['cut', {}, 'cut'],
  ])('%s %j does one thing, and answers how the demo stands', async (what, body, call) => {
    const { desk, send } = await driven()
    const demo = {
      channel: 'mychannel',
      linesPerSecond: 0.5,
      isModelAway: false,
      canModelBeAway: true,
    }
    expect(await send(what, body)).toMatchObject({ status: 200, data: { demo } })
    expect(desk.calls).toEqual([call])
  })

  test('the model is sent away and comes back: the answer waits for it', async () => {
    const { desk, send } = await driven()
    for (const away of [true, false])
      expect((await send('model', { away })).data).toMatchObject({ demo: { isModelAway: away } })
    expect(desk.calls).toEqual(['away', 'back'])
  })

  test.each([0, 0.5, 20])('the pace is set to %d lines per second', async (linesPerSecond) => {
    const { send } = await driven()
    expect((await send('pace', { linesPerSecond })).data).toMatchObject({ demo: { linesPerSecond } })
  })

  test.each([
    ['say', {}],
    ['say', { viewer: 'Ann' }],
    ['say', { viewer: 'Ann', text: 1 }],
    ['say', { viewer: 'Ann', text: 'hi', channel: 'other' }],
    ['scene', {}],
    ['scene', { scene: 'riot' }],
    ['scene', { scene: ['raid'] }],
    ['model', {}],
    ['model', { away: 'true' }],
    ['cut', ''],
    ['cut', { login: 'ava' }],
    ['pace', {}],
    ['pace', { linesPerSecond: '1' }],
    ['pace', { linesPerSecond: -0.1 }],
    ['pace', { linesPerSecond: 20.1 }],
    ['pace', '{"linesPerSecond":1e999}'],
  ])('what is no request is refused, and nothing is done: %s %j', async (what, body) => {
    const { desk, send } = await driven()
    expect(await send(what, body)).toMatchObject({ status: 400, data: { error: 'bad-request' } })
    expect(desk.calls).toEqual([])
  })

  test('nothing is played any more while Chorus stops', async () => {
    const desk = new FakeDesk()
    const chorus = await idleChorus()
    const { url } = await open({ chorus, demo: desk })
    await chorus.stop()
    const bodies = {
      say: { viewer: 'Ann', text: 'hi' },
      scene: { scene: 'raid' },
      model: { away: true },
      cut: {},
    }
    for (const [what, body] of Object.entries(bodies))
      expect(await post(`${url}api/demo/${what}`, body)).toMatchObject({
        status: 409,
        data: { error: 'stopping' },
      })
    expect(desk.calls).toEqual([])
  })

  test('a scene too many is 429, and says what to do', async () => {
    const { desk, send } = await driven()
    desk.hasRoom = false
    expect(await send('scene', { scene: 'raid' })).toMatchObject({
      status: 429,
      data: { error: 'too-many-scenes', advice: expect.stringContaining('Wait') },
    })
  })

  test('somebody’s own model is never sent away', async () => {
    const { desk, send } = await driven()
    desk.canModelBeAway = false
    for (const away of [true, false])
      expect(await send('model', { away })).toMatchObject({
        status: 409,
        data: { error: 'own-model', advice: expect.stringContaining('--real-model') },
      })
    expect(desk.calls).toEqual([])
  })

  test.each(['say', 'scene', 'model', 'cut', 'pace'])(
    'there is nothing beside a live start: %s',
    async (what) => {
      const { url } = await open()
      const headers = { ...BEARER, 'content-type': 'application/json' }
      const asked = { method: 'POST', headers, body: '{}' }
      expect(await ask(`${url}api/demo/${what}`, asked)).toMatchObject({
        status: 404,
        data: { error: 'not-found' },
      })
    },
  )
})

describe('what is typed for a viewer', () => {
  test.each([
    ['two\r\nlines', 'two lines'],
    ['PING :x\r\nPRIVMSG #other :y', 'PING :x PRIVMSG #other :y'],
    ['a\u0000b\u0001c\u001b[2Jd\u0085e\u2028f\u2029g', 'a b c [2Jd e f g'],
    ['  spaces around \n', 'spaces around'],
    // What holds an emoji together, or hides in a word, is part of the line.
    ['👩\u200d🚀', '👩\u200d🚀'],
    ['hi\u200b', 'hi\u200b'],
    ['\u202ertl 😀 \ud800', '\u202ertl 😀 \ud800'],
    ['x'.repeat(500), 'x'.repeat(500)],
    ['😀'.repeat(250), '😀'.repeat(250)],
  ])('comes out as one line: %j', async (text, said) => {
    const { desk, send } = await driven()
    expect((await send('say', { viewer: 'Ann', text })).status).toBe(200)
    expect(desk.calls).toEqual([`Ann: ${said}`])
  })

  test.each([
    ['', 'nothing'],
    ['   ', 'nothing'],
    ['\r\n\u0000', 'nothing'],
    ['\u200b', 'nothing'],
    [' \u2060\ufe0f \u3164\u2800\u{e0000}\u00ad ', 'nothing'],
    ['x'.repeat(501), '500'],
    [`${'😀'.repeat(250)}x`, '500'],
  ])('is refused where it is no line: %j', async (text, why) => {
    const { desk, send } = await driven()
    expect(await send('say', { viewer: 'Ann', text })).toMatchObject({
      status: 400,
      data: { message: expect.stringContaining(why), advice: expect.any(String) },
    })
    expect(desk.calls).toEqual([])
  })

  test.each(['a', 'x'.repeat(25), '_', '0'])('is said under any login: %s', async (viewer) => {
    const { send } = await driven()
    expect((await send('say', { viewer, text: 'hi' })).status).toBe(200)
  })

  test.each(['', 'x'.repeat(26), 'a b', '@ann', 'ann\n', 'ünal', 'a:b', 'a!b', 'ann;mod=1', '__proto__ '])(
    'is refused under what is none: %j',
    async (viewer) => {
      const { desk, send } = await driven()
      expect(await send('say', { viewer, text: 'hi' })).toMatchObject({
        status: 400,
        data: { error: 'bad-request', advice: expect.stringContaining('1 to 25') },
      })
      expect(desk.calls).toEqual([])
    },
  )

  test.each(['ava', 'AVA'])('is never said under the name of a bot: %s', async (viewer) => {
    const { desk, send } = await driven()
    expect(await send('say', { viewer, text: 'hi' })).toMatchObject({
      status: 409,
      data: { error: 'bot-name' },
    })
    expect(desk.calls).toEqual([])
  })
})
