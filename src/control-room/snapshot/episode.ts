import { type Clock, MINUTE, SECOND } from '../../clock.js'
import type { Outcome, Raid, ReplyTask, TaskId, UserId } from '../../domain.js'
import type { ChorusEmitter } from '../../events.js'

/** What is answered at this moment, as a whole. */
export interface EpisodeState {
  /** What it began with, where that was a raid. */
  readonly raid?: { readonly from: string; readonly viewers: number }
  /** Mentions that waited when it began, or came since; of a raid those that came in its first two minutes. */
  readonly asked: number
  /** Those of them that were answered; others may have been withdrawn, or have expired. */
  readonly answered: number
  /** Viewers whose mentions have no outcome. */
  readonly viewersWaiting: number
  /** Their mentions. */
  readonly mentionsWaiting: number
}

/** A raid is told of for so long, though everybody may have been answered before: its viewers come one by one. */
const RAID_MIN_MS = 30 * SECOND
/** Who asks later than this is not counted as one of its viewers: else a chat that goes on asking would be a raid without end. */
const RAID_ASK_MS = 2 * MINUTE
/** After so long it is no raid any more, however many of them wait. */
const RAID_MAX_MS = 15 * MINUTE

interface Begun {
  readonly raid: Raid | undefined
  readonly atMs: number
  /** Mentions of it without an outcome. */
  readonly open: Set<TaskId>
  asked: number
  answered: number
}

/**
 * From the moment at which somebody begins to wait, or a raid comes, until nobody waits any more; a raid until nobody waits who
 * came with it, as far as that can be told. Without it nobody could say how much of a raid is done.
 */
export class Episode {
  readonly #clock: Pick<Clock, 'now'>
  /** Mentions without an outcome, and whose they are: as many as the queue owes. */
  readonly #waiting = new Map<TaskId, UserId>()
  /** How many of them each viewer has. */
  readonly #viewers = new Map<UserId, number>()
  #begun: Begun | undefined

  constructor({
    clock,
    events,
  }: { readonly clock: Pick<Clock, 'now'>; readonly events: Pick<ChorusEmitter, 'on'> }) {
    this.#clock = clock
    events.on('reply:accepted', ({ task }) => this.#asked(task))
    events.on('reply:restored', ({ task }) => this.#asked(task))
    events.on('reply:settled', ({ task, outcome }) => this.#settled(task, outcome))
    events.on('chat:raided', (raid) => {
      // Mirrored: these viewers have gone to another channel.
      if (!raid.isMirrored) this.#begin(raid)
    })
  }

  /** `undefined` while nobody waits, and no raid has just come. */
  get state(): EpisodeState | undefined {
    this.#endWhatIsOver()
    if (!this.#begun) return undefined
    const { raid, asked, answered } = this.#begun
    return {
      ...(raid && { raid: { from: raid.from.displayName, viewers: raid.viewers } }),
      asked,
      answered,
      viewersWaiting: this.#viewers.size,
      mentionsWaiting: this.#waiting.size,
    }
  }

  #asked({ id, cause, message: { userId } }: ReplyTask): void {
    if (cause !== 'mention' || this.#waiting.has(id)) return
    this.#endWhatIsOver()
    if (!this.#begun) this.#begin(undefined)
    this.#waiting.set(id, userId)
    this.#viewers.set(userId, (this.#viewers.get(userId) ?? 0) + 1)
    if (!this.#begun || this.#isLate(this.#begun)) return
    this.#begun.asked += 1
    this.#begun.open.add(id)
  }

  /** What was never told of has not waited here: an earlier run has left it, and it ends at once. */
  #settled({ id }: ReplyTask, outcome: Outcome): void {
    const userId = this.#waiting.get(id)
    if (userId === undefined) return
    this.#waiting.delete(id)
    const left = (this.#viewers.get(userId) ?? 1) - 1
    if (left > 0) this.#viewers.set(userId, left)
    else this.#viewers.delete(userId)
    if (this.#begun?.open.delete(id) && outcome.kind === 'sent') this.#begun.answered += 1
  }

  #begin(raid: Raid | undefined): void {
    const open = new Set(this.#waiting.keys())
    this.#begun = { raid, atMs: this.#clock.now(), open, asked: open.size, answered: 0 }
  }

  /** Whether who asks now has not come with the raid. */
  #isLate({ atMs, raid }: Begun): boolean {
    return raid !== undefined && this.#clock.now() - atMs >= RAID_ASK_MS
  }

  #endWhatIsOver(): void {
    if (!this.#begun) return
    const { atMs, open, raid } = this.#begun
    const lastedMs = this.#clock.now() - atMs
    const isRaidOver = (open.size === 0 && lastedMs >= RAID_MIN_MS) || lastedMs >= RAID_MAX_MS
    if (raid ? !isRaidOver : open.size > 0) return
    if (this.#waiting.size > 0) this.#begin(undefined)
    else this.#begun = undefined
  }
}
