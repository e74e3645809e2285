import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  findAmbientUses,
  findLongFiles,
  findPageBreaches,
  findRoomBreaches,
  findSdkBreaches,
  findStageBreaches,
  type Homes,
  PAGE,
} from './support/import-rules.js'

/** Each SDK is wrapped in one file: when it changes, or goes, one file changes. */
const HOMES: Homes = {
  commander: ['src/cli.ts'],
  dotenv: ['src/config.ts'],
  eventemitter3: ['src/events.ts'],
  fastify: ['src/control-room/web/web-app.ts'],
  libsql: ['src/journal/database.ts'],
  obscenity: ['src/reply/word-filter.ts'],
  openai: ['src/reply/model-client.ts'],
  'p-queue': ['src/queue/lanes.ts'],
  pino: ['src/logger.ts'],
  'pino-pretty': ['src/logger.ts'],
  'prom-client': ['src/control-room/metrics/metrics.ts'],
  tinyqueue: ['src/queue/waiting-list.ts'],
  'tmi.js': ['src/chat/tmi-wire.ts'],
  ws: ['src/simulator/chat-server.ts'],
  yaml: ['src/config-file.ts'],
  zod: ['src/config-schema.ts'],
}

/** The page’s chart is drawn in one file; preact is what all of it is made of. */
const PAGE_HOMES: Homes = {
  uplot: [`${PAGE}history-chart.tsx`],
  vite: [`${PAGE}vite.config.mjs`],
}

const LINES_MAX = 300

const all = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => path.posix.join('src', name.replaceAll(path.sep, '/')))
  .filter((file) => /\.(tsx?|mjs)$/.test(file))
  .map((file) => [file, readFileSync(file, 'utf8')] as const)
const sources = new Map(all.filter(([file]) => !file.startsWith(PAGE)))
const page = new Map(all.filter(([file]) => file.startsWith(PAGE)))
const pageHomes: Homes = { ...PAGE_HOMES, preact: [...page.keys()] }

describe('in src', () => {
  test('there is something to look at', () => {
    expect(sources.size).toBeGreaterThan(20)
    expect(page.size).toBeGreaterThan(10)
  })

  test('a stage imports only the root, itself and packages, and only the assembly imports stages', () => {
    expect(findStageBreaches(sources)).toEqual([])
  })

  test('each SDK is imported by its one file', () => {
    expect(findSdkBreaches(sources, HOMES)).toEqual([])
  })

  test('time, chance and settings come as arguments', () => {
    expect(findAmbientUses(sources)).toEqual([])
  })

  test(`no file has more than ${LINES_MAX} lines`, () => {
    expect(findLongFiles(sources, LINES_MAX)).toEqual([])
    expect(findLongFiles(page, LINES_MAX)).toEqual([])
  })

  test('in the control room what is told knows nobody who tells it', () => {
    expect(findRoomBreaches(sources)).toEqual([])
  })

  test('the page knows of the server nothing but types', () => {
    expect(findPageBreaches(page)).toEqual([])
  })

  test('the page is made of preact alone, and of one chart', () => {
    expect(findSdkBreaches(page, pageHomes)).toEqual([])
  })
})

describe('the rules find', () => {
  const find = (file: string, source: string) => {
    const bad = new Map([[file, source]])
    return [...findStageBreaches(bad), ...findSdkBreaches(bad, HOMES), ...findAmbientUses(bad)]
  }

  test.each([
    ['src/chat/x.ts', "import { y } from '../reply/y.js'", 'another stage'],
    ['src/chat/x.ts', "import type { Y } from '../reply/y.js'", 'another stage'],
    ['src/chat/x.ts', "export * from '../reply/y.js'", 'another stage'],
    ['src/chat/x.ts', "import '../reply/y.js'", 'another stage'],
    ['src/chat/x.ts', "const y = await import('../reply/y.js')", 'another stage'],
    ['src/chat/x.ts', "import {\n  a,\n  b,\n} from '../reply/y.js'", 'another stage'],
    ['src/domain.ts', "import { y } from './queue/y.js'", 'a stage'],
    ['src/chat/x.ts', "import OpenAI from 'openai'", 'whose home is src/reply/model-client.ts'],
    [
      'src/chat/x.ts',
      "import { chat } from 'openai/resources/chat'",
      'whose home is src/reply/model-client.ts',
    ],
    ['src/chat/x.ts', "createRequire(import.meta.url)('openai')", 'whose home is src/reply/model-client.ts'],
    ['src/chat/x.ts', "import left from 'left-pad'", 'whose home is nowhere'],
    ['src/chat/x.ts', 'const { TOKEN } = process.env', 'uses process.env'],
    ['src/chat/x.ts', 'const at = Date.now()', 'uses Date.now'],
    ['src/chat/x.ts', 'const at = new Date()', 'uses Date.now'],
    ['src/chat/x.ts', 'const at = performance.now()', 'uses a monotonic clock'],
    ['src/chat/x.ts', 'const at = process.hrtime.bigint()', 'uses a monotonic clock'],
    ['src/chat/x.ts', 'setTimeout(run, 5)', 'uses a timer'],
    ['src/chat/x.ts', "import { setTimeout as pause } from 'node:timers/promises'", 'uses a timer'],
    ['src/routing/x.ts', 'const draw = Math.random()', 'uses Math.random'],
  ])('in %s: %s', (file, source, expected) => {
    expect(find(file, source)).toContainEqual(expect.stringContaining(expected))
  })

  test.each([
    [
      'src/chat/x.ts',
      "import { y } from '../domain.js'\nimport { z } from './z.js'\nimport net from 'node:net'",
    ],
    ['src/commands/x.ts', "import { y } from '../chat/y.js'\nconst random = Math.random"],
    ['src/cli.ts', "import { Command } from 'commander'\nimport { y } from './chat/y.js'"],
    ['src/chat/x.ts', '// unlike Date.now() this never jumps\n/* setTimeout */'],
  ])('nothing wrong in %s: %s', (file, source) => {
    expect(find(file, source)).toEqual([])
  })

  test.each([
    "import { toTime } from '../clock.js'",
    "import '../control-room.js'",
    "const x = await import('../../clock.js')",
    "export * from '../../domain.js'",
    "import {\n  SECOND,\n} from '../../clock.js'",
  ])('in the page: %s', (source) => {
    expect(findPageBreaches(new Map([[`${PAGE}x.tsx`, source]]))).toHaveLength(1)
  })

  test('what is told in the control room, knowing who tells it', () => {
    const source =
      "import { x } from '../routes/x.js'\nimport { y } from './y.js'\nimport { z } from '../../clock.js'"
    const breaches = findRoomBreaches(new Map([['src/control-room/snapshot/x.ts', source]]))
    expect(breaches).toEqual([expect.stringContaining('snapshot may not know routes')])
  })

  test('nothing wrong in the page with types, and with files of its own', () => {
    const source = "import type { Snapshot } from '../snapshot.js'\nimport { post } from './ask.js'"
    expect(findPageBreaches(new Map([[`${PAGE}x.tsx`, source]]))).toEqual([])
  })

  test('a file that is too long', () => {
    expect(findLongFiles(new Map([['src/x.ts', 'a\nb\nc\n']]), 2)).toEqual(['src/x.ts has 3 lines'])
    expect(findLongFiles(new Map([['src/x.ts', 'a\nb\n']]), 2)).toEqual([])
  })
})
