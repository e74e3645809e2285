import { SECOND } from '../clock.js'
import { assertNever, type ChannelName, type MessageId } from '../domain.js'
import { ChorusError } from '../errors.js'
import { AnswerWatch, type LineConnection, type Unanswered } from './answer-watch.js'
import { LockOut } from './lock-out.js'
import { type NoticeVerdict, noticeVerdict } from './notice-verdict.js'
import type { OutboxOptions } from './outbox-options.js'
import type { PendingLine } from './pending-line.js'
import { WINDOW_MS } from './send-budget.js'
import { isSighting, type Sighting, UnseenWatch } from './unseen-watch.js'
import type { WaitingLines } from './waiting-lines.js'

export interface DeliveryOptions extends Omit<OutboxOptions, 'newNonce'> {
  /** Where a line goes back to that may be said again. */
  readonly waiting: WaitingLines
  /** Looks again what may be written. */
  readonly wake: () => void
}

/** An answer later than this is kept for the next run: of the window's margin, too little would be left without it. */
const LATE_MS = SECOND / 4

/** A refusal has asked to write nothing before, in clock milliseconds: in one channel, or wherever the account is nobody special. */
type Pause = ChannelName | 'account'

/**
 * Finds out what became of the lines an account has written, and settles them: taken, refused, seen by another bot, or
 * in doubt. A channel gets its next line only when Twitch has answered the last one there, and the allowance takes the
 * answer for the arrival: Twitch counts when a line arrives, which is never later. However long the way takes, the limits
 * hold.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #answers: AnswerWatch
  readonly #unseen: UnseenWatch
  readonly #lockOut: LockOut
  readonly #notBeforeMs = new Map<Pause, number>()
  /** Whether Twitch tells the nonce when it confirms a line, as it has always done; nothing promises it. */
  #echoesNonces = false

  constructor(options: DeliveryOptions) {
    const { clock } = options
    this.#options = options
    this.#lockOut = new LockOut(options)
    this.#unseen = new UnseenWatch(clock)
    this.#answers = new AnswerWatch({ clock, silent: (open) => this.#silent(open) })
  }

  /** Lines that Twitch has not answered. */
  get unanswered(): number {
    return this.#answers.size
  }

  /** Why Twitch seems to ignore the account; `undefined` while it does not. */
  get lockOutReason(): string | undefined {
    return this.#lockOut.reason
  }

  /** The same, but `undefined` as well when a line may be written to find out whether it still does. */
  get ignoredReason(): string | undefined {
    return this.#lockOut.waitMs > 0 || this.#isProbing ? this.#lockOut.reason : undefined
  }

  /** Milliseconds until a line may be written to the channel; endless while another one there is not answered. */
  waitMs(channel: ChannelName): number {
    if (this.#answers.get(channel)) return Number.POSITIVE_INFINITY
    const { isPrivileged } = this.#options.rooms.standing(channel)
    // One probe at a time: what Twitch says to it decides for all.
    return this.#isProbing && !isPrivileged ? Number.POSITIVE_INFINITY : this.pauseMs(channel)
  }

  /** Milliseconds that refusals and a lock-out ask to write nothing to the channel. */
  pauseMs(channel: ChannelName): number {
    const { clock, rooms } = this.#options
    const now = clock.now()
    const channelMs = (this.#notBeforeMs.get(channel) ?? now) - now
    if (rooms.standing(channel).isPrivileged) return Math.max(0, channelMs)
    const accountMs = (this.#notBeforeMs.get('account') ?? now) - now
    return Math.max(0, channelMs, accountMs, this.#lockOut.waitMs)
  }

  /** The line is written now, under this name, to this connection. */
  await(pending: PendingLine, nonce: string, connection: LineConnection): void {
    const { clock, link, rooms } = this.#options
    const { channel } = pending.line
    const { isPrivileged } = rooms.standing(channel)
    const isWatched = link.isWatched(channel)
    const writtenMs = clock.now()
    this.#answers.add({ channel, pending, nonce, connection, writtenMs, isPrivileged, isWatched })
  }

  /** USERSTATE came: after a join, or because Twitch has taken a line. */
  confirmed(channel: ChannelName, { nonce, id }: { readonly nonce?: string; readonly id?: MessageId }): void {
    if (nonce !== undefined) this.#echoesNonces = true
    const open = this.#answers.get(channel)
    // After a join there is neither nonce nor id.
    const isAnswer = nonce === undefined ? id !== undefined && !this.#echoesNonces : nonce === open?.nonce
    if (open && isAnswer) {
      this.#answered(open)
      if (open.isWatched && !open.pending.isSettled) this.#watchUnseen(open)
      this.#sent(open.pending, id)
    } else if (nonce !== undefined) {
      this.#settleLate(channel, (pending) => pending.owns(nonce), id)
    }
    this.#options.wake()
  }

  /** Another connection has heard the bot say something: a receipt, whatever the bot's own connection says. */
  sighted(channel: ChannelName, sighting: Sighting, id: MessageId): void {
    this.#unseen.seen(channel, sighting)
    const isIt = (pending: PendingLine) =>
      isSighting(sighting, { owns: (nonce) => pending.owns(nonce), text: pending.line.text })
    // The channel stays busy until Twitch has answered, too: else that answer would be taken for the next line's.
    const open = this.#answers.get(channel)
    if (open && isIt(open.pending)) this.#sent(open.pending, id)
    else this.#settleLate(channel, (pending) => pending.isDoubtful && isIt(pending), id)
    this.#options.wake()
  }

  /** Twitch objects to what was last written to the channel, by the id of its NOTICE. */
  refused(channel: ChannelName, notice: string, text: string): void {
    const open = this.#answers.get(channel)
    if (!open) return
    const next = this.#follow(noticeVerdict(notice, text), open, notice)
    this.#options.events.emit('line:refused', { bot: this.#options.bot, channel, notice, text, next })
    this.#options.wake()
  }

  /** Whether a line that was written to the connection is not answered. */
  isAwaited(connection: LineConnection): boolean {
    return this.#answers.values().some((open) => open.connection === connection)
  }

  /** The connection is gone, and with it the answers to what was written to it. */
  cut(connection: LineConnection): void {
    for (const open of this.#answers.takeAll(connection)) {
      this.#noteArrival(open)
      if (open.objection !== undefined) this.#reword(open.pending, open.objection)
      else this.#leaveOpen(open)
    }
    this.#options.wake()
  }

  /** Leaves in doubt what was written. Safe to call twice. */
  stop(): void {
    this.#unseen.stop()
    this.#lockOut.stop()
    for (const { pending } of this.#answers.takeAll()) pending.leaveInDoubt()
  }

  /** A line is on its way to find out whether Twitch listens to the account again. */
  get #isProbing(): boolean {
    const isOrdinary = ({ isPrivileged }: Unanswered) => !isPrivileged
    return this.#lockOut.reason !== undefined && this.#answers.values().some(isOrdinary)
  }

  /** Does what the NOTICE asks for; returns what becomes of the line, in words. */
  #follow(verdict: NoticeVerdict, open: Unanswered, notice: string): string {
    if (verdict.kind === 'unknown') {
      open.objection = notice
      return 'made anew, unless Twitch confirms it'
    }
    if (verdict.kind === 'too-fast') return this.#slowDown(open)
    this.#answered(open)
    const { pending, channel } = open
    switch (verdict.kind) {
      case 'wait':
        return this.#tryAgain(open, channel, verdict.waitMs)
      case 'close':
        this.#options.rooms.close(channel, verdict)
        return this.#tryAgain(open, channel, 0)
      case 'held':
        pending.settle({ kind: 'sent', heldByAutoMod: true })
        return 'held for a moderator'
      case 'duplicate':
        // A repetition that is refused as one: the first was shown.
        if (pending.isDoubtful) {
          this.#sent(pending, undefined)
          return 'shown before'
        }
        return this.#reword(pending, notice)
      case 'reword':
        return this.#reword(pending, notice)
      default:
        return assertNever(verdict)
    }
  }

  #slowDown(open: Unanswered): string {
    this.#take(open)
    // Where it is somebody special there is no such rule, and no lock-out: then Twitch means the whole window.
    if (open.isPrivileged) return this.#tryAgain(open, open.channel, WINDOW_MS)
    const slowdown = this.#lockOut.tooFast()
    if (slowdown.kind === 'locked') return this.#tryAgain(open, open.channel, 0)
    return this.#tryAgain(open, slowdown.scope === 'channel' ? open.channel : 'account', slowdown.waitMs)
  }

  #tryAgain({ pending }: Unanswered, pause: Pause, waitMs: number): string {
    this.#notBeforeMs.set(pause, this.#options.clock.now() + waitMs)
    if (pending.isSettled) return 'shown before'
    pending.notShown()
    // Twitch compares a line with what was shown: said again unchanged, this one is no repetition.
    this.#options.budget.notShown(pending.line.channel)
    if (!pending.isWanted) {
      pending.takeBack()
      return 'taken back'
    }
    this.#options.waiting.unshift(pending)
    return waitMs === 0
      ? 'waits until the bot may talk there'
      : `said again in ${Math.ceil(waitMs / SECOND)} s`
  }

  #reword(pending: PendingLine, notice: string): string {
    if (pending.isSettled) return 'shown before'
    pending.notShown()
    pending.refuse(new ChorusError('line-refused', `Twitch refused the line (${notice})`))
    return pending.isDoubtful ? 'left in doubt' : 'made anew'
  }

  /** Twitch has read the line, and says nothing of it. */
  #silent(open: Unanswered): void {
    this.#noteArrival(open)
    if (open.pending.isSettled) {
      // Another bot has seen it.
    } else if (open.objection !== undefined) {
      this.#reword(open.pending, open.objection)
    } else {
      const isLocked =
        !open.isPrivileged && this.#lockOut.silent(open.writtenMs, this.#options.link.othersHeardAtMs())
      this.#leaveOpen(open, isLocked)
    }
    this.#options.wake()
  }

  /** Nobody knows what became of the line: it is said again where that can't show it twice, else left in doubt. */
  #leaveOpen({ channel, isPrivileged, pending, writtenMs }: Unanswered, isLocked = false): void {
    if (pending.isSettled) return
    const { bot, clock, events, rooms, waiting } = this.#options
    pending.doubt(writtenMs)
    const isFiltered = !isPrivileged && !rooms.standing(channel).isPrivileged
    const mayRepeat = isFiltered && !isLocked && pending.isWanted && clock.now() < pending.repeatUntilMs
    events.emit('line:unanswered', { bot, channel, next: mayRepeat ? 'repeat' : 'in-doubt' })
    if (mayRepeat) waiting.unshift(pending)
    else pending.leaveInDoubt()
  }

  /** An answer to a write that had been given up, or to the first of two. */
  #settleLate(
    channel: ChannelName,
    isIt: (pending: PendingLine) => boolean,
    id: MessageId | undefined,
  ): void {
    const { waiting } = this.#options
    const found = [...waiting.of(channel), this.#answers.get(channel)?.pending].find(
      (pending) => pending !== undefined && isIt(pending),
    )
    if (!found) return
    waiting.remove(found)
    this.#sent(found, id)
  }

  #sent(pending: PendingLine, id: MessageId | undefined): void {
    if (pending.isSettled) return
    this.#options.events.emit('line:sent', { bot: this.#options.bot, line: pending.line, id })
    pending.sent(id)
  }

  #watchUnseen({ channel, pending }: Unanswered): void {
    const { bot, events, link } = this.#options
    const owns = (nonce: string) => pending.owns(nonce)
    this.#unseen.watch({ channel, owns, text: pending.line.text }, () => {
      if (link.isWatched(channel)) events.emit('line:unseen', { bot, channel })
    })
  }

  /** Twitch has answered the line, and so listens to the account. */
  #answered(open: Unanswered): void {
    this.#take(open)
    if (!open.isPrivileged) this.#lockOut.answered()
  }

  #take(open: Unanswered): void {
    this.#answers.take(open.channel)
    this.#noteArrival(open)
  }

  /** The line had arrived by now, if it ever did: from here on it counts. */
  #noteArrival({ channel, writtenMs }: Unanswered): void {
    const { budget, clock, keepBudget } = this.#options
    const now = clock.now()
    budget.confirm(now, channel)
    if (now - writtenMs > LATE_MS) keepBudget()
  }
}
