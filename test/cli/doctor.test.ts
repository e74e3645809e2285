import { describe, expect } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { seededRandom } from '../../src/random.js'
import { IdSimulator } from '../../src/simulator/id-simulator.js'
import { CHANNEL, test as cliTest, configFor } from './cli-test.js'

interface Fixtures {
  /** Where tokens are checked; those it gives out log in to the world's chat. */
  readonly id: IdSimulator
}

const test = cliTest.extend<Fixtures>({
  id: async ({ cli, world }, use) => {
    const id = new IdSimulator({ clock: systemClock(), random: seededRandom(1), chat: world.twitch })
    await id.start()
    await use(id)
    for (const secret of id.secrets) cli.hide(secret)
    await id.stop()
  },
})

describe('chorus doctor', () => {
  test('says one line for each thing that is well, and what a moderator is worth', async ({
    cli,
    id,
    world,
  }) => {
    cli.write('live.yaml', configFor(['ava', 'bob']))
    world.twitch.room(CHANNEL).setRole('ava', 'moderator')
    const env = {
      ...world.env(['ava', 'bob']),
      TWITCH_ID_URL: id.url,
      TWITCH_TOKEN_AVA: id.issue('ava').accessToken,
      TWITCH_TOKEN_BOB: id.issue('bob').accessToken,
      PORT: '0',
    }
    const { code, stdout, stderr } = await cli.run(['doctor'], env)
    expect([code, stderr]).toEqual([0, ''])
    for (const line of [
      /^ok +Node \d/m,
      /^ok +data folder .*data can be written to/m,
      /^ok +ava: its token is valid, ends in \d+ minutes, and allows chat:read chat:edit/m,
      /^ok +ava in #mychannel: moderator, VIP or broadcaster, 100 lines in 30 s/m,
      /^note +bob in #mychannel: no moderator, 20 lines in 30 s → .*100.*\/mod bob/m,
      /^ok +model .* answers in \d+\.\d s/m,
      /^ok +port 0 on 127\.0\.0\.1 is free/m,
      /^ok +the clock differs by 0 s/m,
    ]) {
      expect(stdout).toMatch(line)
    }
    // It has listened and said nothing.
    expect(world.twitch.ledger.attempts()).toEqual([])
    expect(world.twitch.connections()).toBe(0)
  })

  test('ends with 1, and says of each thing that fails what to do', async ({ cli, id, world }) => {
    cli.write('live.yaml', configFor(['ava', 'bob', 'cleo', 'dan']))
    world.twitch.room(CHANNEL).setSuspended(true)
    await world.model.stop()
    const weak = id.issue('cleo', 'client', ['chat:read']).accessToken
    const env = {
      ...world.env(['ava', 'bob', 'cleo']),
      TWITCH_ID_URL: id.url,
      TWITCH_TOKEN_AVA: 'nobodyknowsthistoken',
      TWITCH_TOKEN_BOB: id.issue('eve').accessToken,
      TWITCH_TOKEN_CLEO: weak,
    }
    const { code, stdout, stderr } = await cli.run(['doctor'], env)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^chorus: \d checks failed\./)
    for (const line of [
      /^FAILED +ava: Twitch takes its token no more .*→ Sign it in: node \S+cli\.js login ava/m,
      /^FAILED +ava: chat refuses its login/m,
      /^FAILED +bob: The token of bob belongs to the account eve\..* → /m,
      /^FAILED +cleo: cleo can’t write in chat: its token lacks chat:edit\. → /m,
      /^FAILED +cleo in #mychannel: it can’t join: .*suspended.* → /m,
      /^FAILED +dan: it has no token, and would be left out → Sign it in: node \S+cli\.js login dan/m,
      /^FAILED +model .* → /m,
    ]) {
      expect(stdout).toMatch(line)
    }
  })

  test('finds nothing wrong with the port and the data folder of a Chorus that runs', async ({
    cli,
    id,
    world,
  }) => {
    cli.write('live.yaml', configFor(['ava']))
    const env = {
      ...world.env(['ava']),
      TWITCH_ID_URL: id.url,
      TWITCH_TOKEN_AVA: id.issue('ava').accessToken,
    }
    const chorus = cli.start(['start'], { ...env, PORT: '0' })
    const { url } = (await chorus.event('control-room')) as unknown as { readonly url: string }
    await chorus.event('ready')
    const { code, stdout } = await cli.run(['doctor'], { ...env, PORT: new URL(url).port })
    expect(stdout).toMatch(/^ok +a Chorus runs on the data folder/m)
    expect(stdout).toMatch(/^ok +port \d+ on 127\.0\.0\.1 is the running Chorus’s$/m)
    expect(code).toBe(0)
  })
})
