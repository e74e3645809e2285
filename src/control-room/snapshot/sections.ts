import type { Chorus } from '../../chorus.js'
import type { Clock } from '../../clock.js'
import { toAbout } from './about.js'
import { Episode } from './episode.js'
import { toGlance } from './glance.js'
import { LineRecord } from './line-record.js'
import { RequestWindow } from './request-window.js'
import type { History, Snapshot } from './snapshot.js'
import { OWED_MAX, toWaiting } from './waiting.js'
import { WallTime } from './wall-time.js'
import { inWholeSeconds } from './whole-seconds.js'

/** What makes each section of the snapshot, in the order in which they are told. */
export type Sections = { readonly [Name in keyof Snapshot]: () => Snapshot[Name] }

export interface SectionsOptions {
  readonly chorus: Pick<Chorus, 'bots' | 'channels' | 'events' | 'getStatus' | 'router' | 'slots'>
  readonly clock: Clock
  readonly history: () => History
  /** Whether there is a data folder. */
  readonly hasJournal: boolean
  /** What the demo tells beside; without it this is none. */
  readonly demo?: Required<Pick<Sections, 'demo' | 'chat'>> | undefined
  /** As {@link Snapshot.about} has it. */
  readonly overlay: string
  /** As a glance has them. */
  readonly remarks: readonly string[]
}

/** All that the page is told. From here on it counts what happens in Chorus. */
export function toSections(options: SectionsOptions): Sections {
  const { chorus, clock, demo, hasJournal, history, overlay, remarks } = options
  const { events, router } = chorus
  const about = toAbout(chorus, { isDemo: demo !== undefined, overlay })
  const episode = new Episode({ clock, events })
  const lines = new LineRecord({ clock, events })
  const requests = new RequestWindow({ clock, events })
  const wallTime = new WallTime(clock)
  // Taken once a frame: the glance is of the very status that is told before it.
  let status = chorus.getStatus()
  return {
    about: () => about,
    status: () => {
      status = chorus.getStatus()
      return inWholeSeconds(status)
    },
    glance: () =>
      toGlance({ ...{ status, hasJournal, remarks }, episode: episode.state, demo: demo?.demo() }),
    waiting: () =>
      toWaiting({ owed: router.owed(OWED_MAX), count: router.owedCount }, (atMs) => wallTime.of(atMs)),
    lines: () => lines.lines,
    history,
    requests: () => requests.summary,
    ...demo,
  }
}
