import path from 'node:path'

/** Sources by their path from the project's root, such as `src/chat/outbox.ts`. */
export type Sources = ReadonlyMap<string, string>

const STAGES = ['chat', 'routing', 'queue', 'journal', 'reply', 'tokens', 'control-room', 'simulator']

/** Where the stages are put together: only these may import them. */
const ASSEMBLERS = [
  /^src\/(chorus|index|cli|router\/(message-router|in-process-queue|command-desk|run-command))\.ts$/,
  /^src\/commands\/[^/]+\.ts$/,
]

/** Which one file may import an SDK. What is not here has no home yet, and none may import it. */
export interface Homes {
  readonly [sdk: string]: readonly string[]
}

/** What is the surrounding world's: which pattern, and which files may use it. */
export interface Ambient {
  readonly name: string
  readonly pattern: RegExp
  readonly allowed: readonly RegExp[]
}

const AMBIENT: readonly Ambient[] = [
  { name: 'process.env', pattern: /\bprocess\.env\b/, allowed: [/^src\/config\.ts$/] },
  { name: 'Date.now', pattern: /\bDate\.now\b|\bnew Date\(\)/, allowed: [/^src\/clock\.ts$/] },
  {
    name: 'a monotonic clock',
    pattern: /\bperformance\.now\b|\bhrtime\b/,
    allowed: [/^src\/clock\.ts$/],
  },
  { name: 'a timer', pattern: /\b(setTimeout|setInterval)\b|node:timers/, allowed: [/^src\/clock\.ts$/] },
  // Where the parts are put together, it is the source of chance that is handed on.
  { name: 'Math.random', pattern: /\bMath\.random\b/, allowed: ASSEMBLERS },
]

/** Every import that breaks the rule "a stage knows the root, itself and packages", as sentences. */
export function findStageBreaches(sources: Sources): string[] {
  return importsOf(sources).flatMap(({ file, target }) => {
    const from = stageOf(file)
    const to = target.startsWith('.') ? stageOf(path.posix.join(path.posix.dirname(file), target)) : undefined
    if (to === undefined || to === from || (!from && isAssembler(file))) return []
    return [`${file} imports ${target}: ${from ? 'another stage' : 'a stage'}`]
  })
}

/** Every import of an SDK outside its one home, and every package without a home, as sentences. */
export function findSdkBreaches(sources: Sources, homes: Homes): string[] {
  return importsOf(sources).flatMap(({ file, target }) => {
    if (target.startsWith('.') || target.startsWith('node:')) return []
    const home = homes[packageOf(target)] ?? []
    return home.includes(file)
      ? []
      : [`${file} imports ${target}, whose home is ${home.join(', ') || 'nowhere'}`]
  })
}

/** Every use of the world around where time, chance and settings should have come as arguments, as sentences. */
export function findAmbientUses(sources: Sources, rules: readonly Ambient[] = AMBIENT): string[] {
  return [...sources].flatMap(([file, source]) =>
    rules
      .filter(
        ({ pattern, allowed }) =>
          pattern.test(withoutComments(source)) && !allowed.some((at) => at.test(file)),
      )
      .map(({ name }) => `${file} uses ${name}`),
  )
}

/**
 * Every import of the control room’s page that would bring a part of the server into browsers, as sentences: from outside its
 * folder it may take types alone.
 */
export function findPageBreaches(sources: Sources): string[] {
  return [...sources].flatMap(([file, source]) =>
    [
      ...withoutComments(source).matchAll(
        /(?:^(?:import|export)\b(?! type\b)[^'"]*|\bimport\s*\(\s*)['"](\.[^'"]+)['"]/gm,
      ),
    ]
      .map(([, target = '']) => target)
      .filter((target) => !path.posix.join(path.posix.dirname(file), target).startsWith(PAGE))
      .map((target) => `${file} imports ${target}: more than types of the server`),
  )
}

/** Which folders of the control room each of them may import, beside itself and what all share. */
const ROOM_LAYERS: Readonly<Record<string, readonly string[]>> = {
  snapshot: [],
  web: [],
  metrics: ['snapshot', 'web'],
  routes: ['snapshot', 'web'],
}

/** Every import of the control room against the way of what it tells, from snapshot over routes to whoever asks, as sentences. */
export function findRoomBreaches(sources: Sources): string[] {
  return importsOf(sources).flatMap(({ file, target }) => {
    const from = roomFolderOf(file)
    const to = roomFolderOf(path.posix.join(path.posix.dirname(file), target))
    if (from === undefined || to === undefined || to === from || ROOM_LAYERS[from]?.includes(to)) return []
    return [`${file} imports ${target}: ${from} may not know ${to}`]
  })
}

function roomFolderOf(file: string): string | undefined {
  const [root, stage, folder, name] = file.split('/')
  return root === 'src' && stage === 'control-room' && name !== undefined ? folder : undefined
}

/** Where the sources of the control room’s page lie: they run in browsers. */
export const PAGE = 'src/control-room/page/'

/** Every file of more than `most` lines, as sentences. */
export function findLongFiles(sources: Sources, most: number): string[] {
  return [...sources]
    .map(([file, source]) => ({ file, lines: source.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > most)
    .map(({ file, lines }) => `${file} has ${lines} lines`)
}

interface Import {
  readonly file: string
  readonly target: string
}

/**
 * Static, dynamic and re-exporting imports, `require` and what `createRequire` makes, types too: a type ties files
 * together as well.
 */
const IMPORT = /(?:\b(?:from|import|require)\s*\(?|\)\()\s*['"]([^'"]+)['"]/g

function importsOf(sources: Sources): Import[] {
  return [...sources].flatMap(([file, source]) =>
    [...withoutComments(source).matchAll(IMPORT)].map(([, target]) => ({
      file,
      target: target ?? '',
    })),
  )
}

/** `openai` of `openai/resources/chat`. */
const packageOf = (target: string) => target.split('/', target.startsWith('@') ? 2 : 1).join('/')

const withoutComments = (source: string) => source.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')

/** The stage a file is in; undefined for the root's files and for commands. */
function stageOf(file: string): string | undefined {
  const [root, folder] = file.split('/')
  return root === 'src' && folder && STAGES.includes(folder) ? folder : undefined
}

const isAssembler = (file: string) => ASSEMBLERS.some((pattern) => pattern.test(file))
