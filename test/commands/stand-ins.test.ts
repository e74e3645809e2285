import { expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { startStandIns } from '../../src/commands/stand-ins.js'
import { toBotLogin } from '../../src/domain.js'
import { parseEnvironment } from '../../src/environment.js'
import { seededRandom } from '../../src/random.js'
import { Secret } from '../../src/secret.js'

test('the demo sees nothing of the live bots: no token, no sign-in, no data folder, no way to ask for them', async () => {
  const ava = toBotLogin('ava')
  const values = {
    TWITCH_TOKEN_AVA: 'token-of-ava',
    TWITCH_CLIENT_ID: 'client',
    TWITCH_ID_URL: 'https://id.example',
    CHORUS_DATA_DIR: 'state',
  }
  const { environment } = parseEnvironment(values, { logins: [ava], cwd: '/' })
  await using standIns = await startStandIns({
    bots: [ava],
    environment: { ...environment, readTwitchTokens: () => new Map([[ava, new Secret('token-of-ava')]]) },
    clock: systemClock(),
    random: seededRandom(1),
  })
  const { clientId, dataDir, idUrl, readTwitchTokens, twitchTokens } = standIns.environment
  expect([clientId, dataDir, idUrl, readTwitchTokens]).toEqual([undefined, undefined, undefined, undefined])
  expect(twitchTokens.get(ava)?.reveal()).toBe('built-in-ava')
})
