import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterEach, expect, type Mock, vi } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { StandInDesk } from '../../src/commands/stand-in-desk.js'
import type { ControlRoom } from '../../src/control-room/control-room.js'
import { toChannelName } from '../../src/domain.js'
import { rooms } from '../control-room/room-fixture.js'
import { CHANNEL, choruses, type Fixture, type FixtureOptions } from '../integration/chorus-fixture.js'
import { AT_ONCE, ask, outcomeOf } from '../integration/questions.js'
import { type Browsers, browsers } from './browser-fixture.js'
import { type PageParts, partsOf } from './page-parts.js'

export interface ChorusPageOptions extends FixtureOptions {
  /** How the browser is set up. */
  readonly context?: BrowserContextOptions
  /** Whether the page has the demo’s chat beside it. */
  readonly isDemo?: boolean
}

/** A whole Chorus on the stand-ins, its control room, and the page of that in a browser. */
export interface ChorusPage extends Fixture, PageParts {
  readonly controlRoom: ControlRoom
  readonly page: Page
  /** Stands in for the stop of the process. */
  readonly stopChorus: Mock<() => void>
}

/**
 * Gives the file's tests a function that starts a Chorus with a data folder and opens its page. Time runs as in the browser, answers
 * are made at once, and a reply dies of its first failure.
 */
export function chorusPages(): Browsers & { open(options?: ChorusPageOptions): Promise<ChorusPage> } {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })
  const start = choruses()
  const openControlRoom = rooms()
  const all = browsers()
  return {
    ...all,
    async open({ config, context, isDemo = false, ...options } = {}) {
      const dataDir = mkdtempSync(path.join(tmpdir(), 'chorus-page-'))
      folders.push(dataDir)
      const fixture = await start({
        ...{ clock: systemClock(), latency: 0, dataDir, ...options },
        config: { ...AT_ONCE.config, retry: { attempts: 1 }, ...config },
      })
      const { chorus, clock } = fixture
      const stopChorus = vi.fn<() => void>()
      const demo = isDemo ? { demo: silentDesk(fixture) } : {}
      const controlRoom = await openControlRoom({ ...{ chorus, clock, stopChorus }, ...demo })
      const page = await all.openRoom(controlRoom, context)
      return { ...fixture, ...partsOf(page), controlRoom, page, stopChorus }
    },
  }
}

/** A demo in which nobody talks but whom the test lets talk. */
function silentDesk({ twitch, model }: Fixture): StandInDesk {
  const chat = { linesPerSecond: 0, play: () => false, setPace: () => {} }
  return new StandInDesk({ twitch, model, chat, channel: toChannelName(CHANNEL) })
}

/** Makes a dead letter for each of these viewers, and resolves to their questions; the model is well again then. */
export async function makeDead(fixture: Fixture, viewers: readonly string[]): Promise<string[]> {
  const questions: string[] = []
  for (const viewer of viewers) {
    fixture.model.script({ kind: 'bad-json' })
    const question = ask(fixture, { viewer, text: `what does ${viewer} get?` })
    expect(await outcomeOf(fixture, question)).toMatchObject({ kind: 'dead' })
    questions.push(question)
  }
  return questions
}
