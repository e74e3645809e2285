import type { Chorus } from '../../chorus.js'
import { readManifest } from '../../manifest.js'
import type { About } from './snapshot.js'

/** What stays the same while Chorus runs. */
export function toAbout(
  { bots, channels, slots }: Pick<Chorus, 'bots' | 'channels' | 'slots'>,
  { isDemo, overlay }: Pick<About, 'isDemo' | 'overlay'>,
): About {
  const { version } = readManifest()
  return { version, bots: bots.map(({ login }) => login), channels, slots, isDemo, overlay }
}
