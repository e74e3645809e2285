import type { Chorus } from '../chorus.js'
import type { Clock } from '../clock.js'
import { Metrics } from './metrics/metrics.js'
import { apiRoutes } from './routes/api-routes.js'
import { deadLetterRoutes } from './routes/dead-letter-routes.js'
import type { DemoDesk } from './routes/demo-desk.js'
import { demoRoutes } from './routes/demo-routes.js'
import { healthRoutes } from './routes/health-routes.js'
import { tryRoute } from './routes/try-route.js'
import { Moments } from './snapshot/moments.js'
import { Overlay } from './snapshot/overlay.js'
import { toSections } from './snapshot/sections.js'
import type { Door } from './web/door.js'
import { entrance } from './web/entrance.js'
import { PageFiles } from './web/page-files.js'
import type { Access, Route } from './web/route.js'
import { SectionStream } from './web/section-stream.js'

export interface CreateRoutesOptions {
  readonly chorus: Pick<
    Chorus,
    'bots' | 'channels' | 'deadLetters' | 'events' | 'getStatus' | 'router' | 'slots' | 'tryOut'
  >
  readonly clock: Clock
  /** Has Chorus stop gracefully, because somebody asks for it here. Must be safe to call twice. */
  readonly stopChorus: () => void
  /** What was said at the start and still holds, in full sentences: such as who is left out. */
  readonly remarks?: readonly string[]
  /** Only beside a demo: what drives it. Without it nothing below `/api/demo` is there. */
  readonly demo?: DemoDesk
  readonly doors: Readonly<Record<Exclude<Access, 'anyone'>, Door>>
  /** Told of what nobody foresaw. */
  readonly fault: (error: unknown) => void
}

/** Something that goes on while the control room is open. Its stop is safe to call twice, and before its start. */
export interface Running {
  start?(): void
  stop(): void
}

/** Everything that can be asked for, and what has to run for that. */
export function createRoutes(options: CreateRoutesOptions): {
  readonly routes: readonly Route[]
  readonly running: readonly Running[]
} {
  const { chorus, clock, demo, doors, fault, stopChorus } = options
  const hasJournal = chorus.deadLetters !== undefined
  const status = () => chorus.getStatus()
  const isRunning = () => status().state === 'running'
  const metrics = new Metrics({ chorus, hasJournal })
  const moments = new Moments({ clock, owed: () => chorus.router.owedCount, status, fault })
  const files = new PageFiles()
  const stream = roomStream(options, { files, moments })
  const overlayStream = streamOfOverlay(options, files)
  return {
    routes: [
      entrance({ door: doors.room, page: files.page('index.html') }),
      entrance({ door: doors.overlay, page: files.page('overlay.html') }),
      ...files.routes,
      ...healthRoutes({ status, hasJournal }),
      metrics.route,
      ...apiRoutes({ chorus, now: () => clock.now(), stop: stopChorus }),
      ...deadLetterRoutes(chorus),
      tryRoute(chorus),
      ...(demo ? demoRoutes({ desk: demo, bots: chorus.bots, isRunning }) : []),
      stream.route,
      overlayStream.route,
    ],
    running: [metrics, moments, stream, overlayStream],
  }
}

function roomStream(
  options: CreateRoutesOptions,
  { files, moments }: { readonly files: PageFiles; readonly moments: Moments },
): SectionStream {
  const { chorus, clock, demo, doors, fault, remarks = [] } = options
  const told = toSections({
    ...{ chorus, clock, remarks },
    history: () => moments.history,
    hasJournal: chorus.deadLetters !== undefined,
    overlay: doors.overlay.link,
    demo: demo && { demo: () => demo.state(), chat: () => demo.lines() },
  })
  const sections = { ...pageOf('index.html', files), ...told }
  return new SectionStream({ path: '/api/events', access: 'room', clock, sections, fault })
}

function streamOfOverlay({ chorus, clock, fault }: CreateRoutesOptions, files: PageFiles): SectionStream {
  const { events } = chorus
  const overlay = new Overlay({ clock, events, status: () => chorus.getStatus() })
  const sections = { ...pageOf('overlay.html', files), overlay: () => overlay.answers() }
  return new SectionStream({ path: '/overlay/events', access: 'overlay', clock, sections, fault })
}

/** Told before all else: what an old page would make of the rest nobody knows. */
function pageOf(name: string, files: PageFiles) {
  const mark = files.markOf(name)
  return { page: () => mark }
}
