import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answer, Route } from './route.js'

/** Where the build puts the page: the same from the sources as from what is built. */
const FOLDER = fileURLToPath(new URL('../../../dist/page/', import.meta.url))

/** What a page is made of; anything else that the build leaves there is not for browsers. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Enough to tell one page from another. */
const MARK_DIGITS = 16

const NOT_BUILT: Answer = {
  kind: 'text',
  status: 503,
  text: 'The page is not built. Run: npm run build. Everything below /api works without it.\n',
}

/**
 * The files of the pages, read once: a few hundred kilobytes. Each has a route of its own, so that nothing that a request says is
 * ever looked for on the disk.
 */
export class PageFiles {
  readonly #files = new Map<string, Answer>()

  constructor(folder = FOLDER) {
    if (!existsSync(folder)) return
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const type = TYPES[path.extname(name)]
      if (type === undefined) continue
      const content = readFileSync(path.join(folder, name))
      this.#files.set(name.replaceAll(path.sep, '/'), { kind: 'file', type, content })
    }
  }

  /** A page of its own, such as `index.html`. */
  page(name: string): Answer {
    return this.#files.get(name) ?? NOT_BUILT
  }

  /**
   * Another one for another page, and nothing else: the names of all that a page loads are in it, and change with what they name.
   * `undefined` where it is not built: who has one already had better keep it.
   */
  markOf(name: string): string | undefined {
    const file = this.#files.get(name)
    if (file?.kind !== 'file') return undefined
    return createHash('sha256').update(file.content).digest('hex').slice(0, MARK_DIGITS)
  }

  /** What pages load. It is the same for everybody, and holds nothing of this Chorus: no token is asked for. */
  get routes(): Route[] {
    return [...this.#files]
      .filter(([name]) => !name.endsWith('.html'))
      .map(([name, file]) => ({ method: 'GET', path: `/${name}`, access: 'anyone', answer: () => file }))
  }
}
