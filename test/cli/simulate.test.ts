import { createServer } from 'node:net'
import { describe, expect } from 'vitest'
import { joinAs } from '../simulator/irc-socket.js'
import { test as base, CHANNEL, configFor } from './cli-test.js'

/** A port that the test holds. */
const test = base.extend<{ takenPort: number }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from this pattern what the fixture needs.
  takenPort: async ({}, use) => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    await use(typeof address === 'object' && address ? address.port : 0)
    await new Promise((resolve) => server.close(resolve))
  },
})

describe('simulate', () => {
  test.for(['--twitch-port', '--model-port'])(
    'ends with 1 and says what to do when %s is taken',
    async (option, { cli, takenPort }) => {
      const { code, stdout, stderr } = await cli.run(['simulate', option, String(takenPort)])
      expect(stderr).toBe(
        [
          `chorus: Port ${takenPort} on 127.0.0.1 is taken by another program.`,
          'Stop the other program or choose another port; 0 takes any free one.',
        ].join('\n'),
      )
      expect([code, stdout]).toEqual([1, ''])
    },
  )

  test('makes those who are named moderators of every channel, and its own account the broadcaster', async ({
    cli,
  }) => {
    const simulator = cli.start(['simulate', '--moderator', 'Ann', '--moderator', CHANNEL])
    const [, url = ''] = /TWITCH_CHAT_URL=(\S+)/.exec(await simulator.line(/TWITCH_CHAT_URL=/)) ?? []
    const badges = async (login: string) => {
      const client = await joinAs({ url }, login, CHANNEL)
      return /badges=([^;]*)/.exec(await client.line(`USERSTATE #${CHANNEL}`))?.[1]
    }
    expect(await badges('ann')).toBe('moderator/1')
    expect(await badges(CHANNEL)).toBe('broadcaster/1')
    expect(await badges('ben')).toBe('')
    const wrong = await cli.run(['simulate', '--moderator', 'no login'])
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('It wants a Twitch login') })
  })

  test('prints addresses that a live start can use, and ends with 0 when it is told to', async ({ cli }) => {
    const simulator = cli.start(['simulate'])
    const line = await simulator.line(/TWITCH_CHAT_URL=/)
    const env = Object.fromEntries(
      [...line.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
    )
    cli.write('config/chorus.yaml', configFor(['stickyman1776']))
    const chorus = cli.start(['start'], env)
    expect(await chorus.event('ready')).toMatchObject({ joined: ['stickyman1776'] })
    chorus.signal('SIGTERM')
    simulator.signal('SIGTERM')
    expect([(await chorus.end()).code, (await simulator.end()).code]).toEqual([0, 0])
  })
})
