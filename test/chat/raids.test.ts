import { expect, it } from 'vitest'
import type { Raid } from '../../src/domain.js'
import { chatStages, HERE, heardAll, THERE } from './chat-stage.js'

const set = chatStages()

/** A stage of two bots that is in chat, and the raids that it has been told of. */
async function listen() {
  const raids: Raid[] = []
  const stage = await set({ channels: [HERE, THERE], onRaid: (raid) => raids.push(raid) })
  await stage.chat.start()
  return { ...stage, raids, heardBy: (channel: string) => heardAll(stage, channel) }
}

it('a raid is told once, though two bots hear it, and is no line of chat', async () => {
  const { twitch, heard, heardBy, raids } = await listen()
  const id = twitch.room('here').raid({ login: 'zed', displayName: 'Zed the 1st' }, 42)
  await heardBy('here')
  expect(raids).toMatchObject([
    {
      id,
      channel: 'here',
      from: { login: 'zed', displayName: 'Zed the 1st' },
      viewers: 42,
      isMirrored: false,
      systemMessage: '42 raiders from Zed the 1st have joined!',
    },
  ])
  expect(heard.filter(({ login }) => login !== 'zoe')).toEqual([])
  twitch.room('here').raid('zed', 42)
  await heardBy('here')
  expect(raids).toHaveLength(2)
})

it('a raid in a shared chat is told once for each channel, and only where it went to as one that counts', async () => {
  const { twitch, heardBy, raids } = await listen()
  const end = twitch.shareChat(['there', 'here', 'elsewhere'])
  // The copy may come first: it must not hide the original.
  const here = twitch.room('here').raid('zed', 7)
  const elsewhere = twitch.room('elsewhere').raid('yan', 8)
  end()
  await heardBy('here')
  await heardBy('there')
  expect(raids.map(({ id, channel, isMirrored }) => [id, channel, isMirrored]).sort()).toEqual(
    [
      [here, 'here', false],
      [here, 'there', true],
      [elsewhere, 'here', true],
      [elsewhere, 'there', true],
    ].sort(),
  )
})
