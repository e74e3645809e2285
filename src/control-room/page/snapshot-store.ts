import type { OverlayAnswer } from '../snapshot/overlay.js'
import type { About, Snapshot } from '../snapshot/snapshot.js'

/** Everything that streams tell: that of the page, and that of the overlay. */
export interface Told extends Snapshot {
  /** Which page the Chorus at the other end has: another one for another page. */
  readonly page: string
  readonly overlay: readonly OverlayAnswer[]
}

/** A part of it that comes by itself. */
export type Section = keyof Told

/**
 * How the page stands to Chorus. `resting`: nobody looks, so it is not followed; `lost`: it does not answer, what is shown is
 * old, and it is tried again; `stopped`: the same after somebody has asked it to stop; `refused`: it is there and does not know
 * this page any more, as after its restart.
 */
export type Connection = 'opening' | 'live' | 'resting' | 'lost' | 'stopped' | 'refused'

const SECTIONS = [
  'page',
  'about',
  'glance',
  'status',
  'waiting',
  'lines',
  'history',
  'requests',
  'demo',
  'chat',
  'overlay',
] as const satisfies readonly Section[]

/** Chorus says something at least every ten seconds: after this long it is gone, whatever the connection looks like. */
const SILENCE_MAX_MS = 25_000
const LOOK_EVERY_MS = 5_000
/** Between two attempts where the browser does not try by itself. */
const AGAIN_MS = 3_000

/**
 * What Chorus tells, as it comes. Follows the stream only while the page is seen: a hidden tab costs nothing, and has all
 * that it missed when it is shown again.
 */
export class SnapshotStore {
  readonly #address: string
  readonly #told: Partial<Record<Section, unknown>> = {}
  readonly #listeners = new Map<string, Set<() => void>>()
  #connection: Connection = 'opening'
  #source: EventSource | undefined
  #again: ReturnType<typeof setTimeout> | undefined
  #heardAtMs = 0
  #aheadMs = 0

  constructor(address: string) {
    this.#address = address
  }

  get connection(): Connection {
    return this.#connection
  }

  /** The wall clock of Chorus, which may stand on another machine. */
  get nowMs(): number {
    return Date.now() + this.#aheadMs
  }

  get<S extends Section>(section: S): Told[S] | undefined {
    return this.#told[section] as Told[S] | undefined
  }

  /** Calls `listener` after every change of a section, or of the connection. Returns the way to stop that. */
  onChange(what: Section | 'connection', listener: () => void): () => void {
    const listeners = this.#listeners.get(what) ?? new Set()
    this.#listeners.set(what, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  /** Follows from now on, for as long as the page is there. */
  start(): void {
    document.addEventListener('visibilitychange', () => this.#follow())
    setInterval(() => this.#look(), LOOK_EVERY_MS)
    this.#follow()
  }

  #follow(): void {
    if (!document.hidden) {
      if (!this.#source) this.#open()
      return
    }
    this.#close()
    this.#stand('resting')
  }

  #open(): void {
    this.#close()
    const source = new EventSource(this.#address)
    this.#source = source
    this.#heardAtMs = Date.now()
    source.addEventListener('clock', ({ data }) => {
      this.#heard()
      this.#aheadMs = (JSON.parse(data) as { nowMs: number }).nowMs - Date.now()
    })
    // Before they are stored: they are held against what was.
    source.addEventListener('page', ({ data }) => this.#meetPage(JSON.parse(data) as string))
    source.addEventListener('about', ({ data }) => this.#meet(JSON.parse(data) as About))
    for (const section of SECTIONS)
      source.addEventListener(section, ({ data }) => {
        this.#heard()
        this.#told[section] = JSON.parse(data)
        this.#tell(section)
      })
    source.addEventListener('error', () => void this.#failed(source))
  }

  /** After an update there is another page at the same address. */
  #meetPage(page: string): void {
    const before = this.get('page')
    if (before !== undefined && before !== page) location.reload()
  }

  /**
   * Another Chorus than before may speak, at the same address: live, where a demo was. What a stream does not tell is forgotten
   * here, not when it begins: else the demo’s chat would go and come back, without what somebody was typing.
   */
  #meet({ isDemo }: About): void {
    if (isDemo) return
    this.#forget('demo')
    this.#forget('chat')
  }

  #forget(section: Section): void {
    if (this.#told[section] === undefined) return
    delete this.#told[section]
    this.#tell(section)
  }

  #close(): void {
    clearTimeout(this.#again)
    this.#source?.close()
    this.#source = undefined
  }

  #heard(): void {
    this.#heardAtMs = Date.now()
    this.#stand('live')
  }

  async #failed(source: EventSource): Promise<void> {
    if (source !== this.#source) return
    if (this.#connection !== 'refused') this.#isGone()
    // The browser goes on by itself, unless it was answered with a refusal: then it stops for good.
    if (source.readyState !== EventSource.CLOSED) return
    this.#close()
    const hasRefused = await isRefused(this.#address)
    // Somebody has looked away and back meanwhile.
    if (this.#source) return
    if (hasRefused) this.#stand('refused')
    this.#again = setTimeout(() => this.#follow(), AGAIN_MS)
  }

  /** A connection may be open though nobody is at its other end. */
  #look(): void {
    if (!this.#source || Date.now() - this.#heardAtMs < SILENCE_MAX_MS) return
    this.#isGone()
    this.#open()
  }

  #isGone(): void {
    const state = this.get('status')?.state
    this.#stand(state === undefined || state === 'running' ? 'lost' : 'stopped')
  }

  #stand(connection: Connection): void {
    if (connection === this.#connection) return
    this.#connection = connection
    this.#tell('connection')
  }

  #tell(what: Section | 'connection'): void {
    for (const listener of this.#listeners.get(what) ?? []) listener()
  }
}

/** Whether somebody is there who does not let this page in. */
async function isRefused(address: string): Promise<boolean> {
  const gaveUp = new AbortController()
  try {
    const { status } = await fetch(address, { signal: gaveUp.signal })
    return status === 401 || status === 403
  } catch {
    return false
  } finally {
    // Where it was let in, a stream has begun that nobody reads.
    gaveUp.abort()
  }
}
