import type { Clock } from '../clock.js'
import type { Random } from '../random.js'
import type { Account } from './account.js'
import { readAction } from './action-text.js'
import type { ChatFaults, Fate } from './chat-faults.js'
import { newMessageId } from './message-id.js'
import type { PastLine } from './recent-lines.js'
import type { Room } from './room.js'
import { type Judgement, judgeSend, type SendFacts, type Verdict } from './send-rules.js'
import type { RoomMember } from './speech.js'
import type { TwitchLedger } from './twitch-ledger.js'

/** A PRIVMSG as a client wrote it. */
export interface ClientMessage {
  readonly connection: number
  readonly account: Account
  readonly room: Room
  /** As written, an action still in its frame. */
  readonly text: string
  readonly nonce?: string
  readonly replyParent?: string
  /** Who wrote it, and so does not get it back. */
  readonly sender: RoomMember
}

/** A NOTICE that does not keep the message from being shown. */
interface Remark {
  readonly id: string
  readonly text: string
}

/** What the client is told: a USERSTATE with this id, after a NOTICE perhaps; a NOTICE; or nothing at all. */
export type Answer =
  | { readonly kind: 'confirmed'; readonly id: string; readonly remark?: Remark }
  | { readonly kind: 'notice'; readonly id: string; readonly text: string }
  | { readonly kind: 'silence' }

/** What a message is judged and recorded with. */
export interface AcceptContext {
  readonly clock: Clock
  readonly random: Random
  readonly faults: ChatFaults
  readonly ledger: TwitchLedger
}

/** A message as the rules see it. */
interface Draft {
  readonly message: ClientMessage
  readonly nowMs: number
  /** Without the frame of an action. */
  readonly text: string
  readonly isAction: boolean
  /** The line it is threaded to; one that is gone, or never was, makes it an ordinary line. */
  readonly parent: PastLine | undefined
  /** What Twitch puts before the text of a threaded reply. */
  readonly prefix: string
}

/** Takes one message in: judges it, shows it where it may be shown, writes it down, and says what to answer. */
export function acceptMessage(message: ClientMessage, context: AcceptContext): Answer {
  const { account, room } = message
  const draft = toDraft(message, context.clock.now())
  const judgement = judgeSend(toFacts(draft))
  account.countAttempt(room.channel, draft.nowMs)
  if (judgement.locksOut) account.lockOut(draft.nowMs)
  recordBreaches(judgement, draft, context)
  const { verdict, fate } = withFate(judgement.verdict, account, context.faults)
  const isShown = verdict.kind === 'delivered'
  const id = isShown ? show(draft) : newMessageId(context.random)
  recordAttempt(draft, verdict, isShown ? id : undefined, context)
  return toAnswer(verdict, fate, id)
}

function toDraft(message: ClientMessage, nowMs: number): Draft {
  const { replyParent, room } = message
  const action = readAction(message.text)
  const parent = replyParent === undefined ? undefined : room.recent.get(replyParent)
  return {
    message,
    nowMs,
    text: action ?? message.text,
    isAction: action !== undefined,
    parent,
    prefix: parent ? `@${parent.person.displayName} ` : '',
  }
}

function toFacts({ message: { account, room }, nowMs, text, prefix }: Draft): SendFacts {
  const { person } = account
  const { standing } = room
  return {
    channel: room.channel,
    text,
    prefixLength: prefix.length,
    isPrivileged: standing.isPrivileged(person),
    isSubscriber: standing.roleOf(person) === 'subscriber',
    followedMinutes: standing.followedMinutes(person),
    sentInWindow: account.sentInWindow(nowMs),
    isLockedOut: account.isLockedOut(nowMs),
    ...account.historyIn(room.channel, nowMs),
    isBanned: standing.isBanned(person),
    timedOutMs: standing.timedOutMs(person, nowMs),
    isSuspended: room.isSuspended,
    modes: room.modes,
    wasSaid: room.modes.unique && room.recent.has(text),
  }
}

function show({ message, nowMs, text, isAction, parent, prefix }: Draft): string {
  const { account, room, nonce, sender } = message
  account.rememberDelivered(room.channel, text, nowMs)
  const { person } = account
  return room.speak({ person, text: prefix + text, isAction, isBot: true, parent, nonce, except: sender })
}

function recordAttempt(
  { message, nowMs, text, isAction, prefix }: Draft,
  verdict: Verdict,
  shownId: string | undefined,
  { ledger }: AcceptContext,
): void {
  const { account, connection, nonce, replyParent, room } = message
  ledger.recordAttempt({
    atMs: nowMs,
    connection,
    account: account.login,
    channel: room.channel,
    text,
    isAction,
    ...(nonce !== undefined && { nonce }),
    ...(replyParent !== undefined && { replyParent }),
    verdict: nameOf(verdict),
    ...(shownId !== undefined && { shown: { id: shownId, text: prefix + text } }),
  })
}

function recordBreaches(
  { breaches }: Judgement,
  { message, nowMs, text }: Draft,
  { ledger }: AcceptContext,
): void {
  const { account, room } = message
  for (const kind of breaches) {
    ledger.recordBreach({ atMs: nowMs, account: account.login, kind, channel: room.channel, text })
  }
}

/** Scripts only meet messages that the rules let through: a refused one keeps its own reason. */
function withFate(
  verdict: Verdict,
  account: Account,
  faults: ChatFaults,
): { readonly verdict: Verdict; readonly fate: Fate | undefined } {
  if (verdict.kind !== 'delivered') return { verdict, fate: undefined }
  const fate = faults.takeFate(account.login)
  switch (fate?.kind) {
    case 'drop':
      return { verdict: { kind: 'ignored', reason: 'dropped' }, fate }
    case 'notice':
      return { verdict: { kind: 'refused', notice: fate.id, text: fate.text }, fate }
    default:
      return { verdict, fate }
  }
}

function nameOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'delivered':
      return 'delivered'
    case 'refused':
      return verdict.notice
    case 'ignored':
      return verdict.reason
  }
}

function toAnswer(verdict: Verdict, fate: Fate | undefined, id: string): Answer {
  if (verdict.kind === 'refused') return { kind: 'notice', id: verdict.notice, text: verdict.text }
  const isConfirmed =
    verdict.kind === 'delivered' ? fate?.kind !== 'unconfirmed' : fate?.kind === 'drop' && fate.isConfirmed
  if (!isConfirmed) return { kind: 'silence' }
  return { kind: 'confirmed', id, ...(fate?.kind === 'remark' && { remark: fate }) }
}
