import { frameAction } from './action-text.js'
import { emotesTag } from './emotes.js'
import { escapeTag } from './irc-line.js'
import type { Person } from './person.js'
import type { PastLine } from './recent-lines.js'

/** What a client must have asked for to get a line. */
export type Capability = 'tags' | 'commands' | 'membership'

/** A line on its way to clients: formatted once, however many get it. */
export interface ServerLine {
  /** For clients that asked for tags. */
  readonly tagged: string
  /** For the others. */
  readonly bare: string
  /** Only clients that asked for this get the line. */
  readonly needs?: Capability
}

/** The room a line is shown in; shared chat adds where it comes from. */
export interface LinePlace {
  readonly channel: string
  readonly roomId: string
  readonly source?: { readonly roomId: string; readonly id: string }
}

/** Something said in chat. */
export interface SpokenLine {
  readonly person: Person
  /** As in `subscriber/6`. */
  readonly badges: readonly string[]
  /** As viewers read it. */
  readonly text: string
  readonly isAction: boolean
  /** What a threaded reply answers. */
  readonly parent: PastLine | undefined
  readonly nonce: string | undefined
  /** Milliseconds since 1970. */
  readonly sentAtMs: number
}

/** A line without tags. */
export function plainLine(text: string, needs?: Capability): ServerLine {
  return { tagged: text, bare: text, ...(needs && { needs }) }
}

/** A line with tags, for clients that know Twitch's commands. */
export function taggedLine(tags: string, body: string): ServerLine {
  return { tagged: `@${tags} ${body}`, bare: body, needs: 'commands' }
}

/** PRIVMSG: what a viewer or a bot says, as others get it. */
export function privmsgLine(spoken: SpokenLine, id: string, place: LinePlace): ServerLine {
  const { person, text } = spoken
  const said = spoken.isAction ? frameAction(text) : text
  const body = `:${person.login}!${person.login}@${person.login}.tmi.twitch.tv PRIVMSG #${place.channel} :${said}`
  const tags =
    `${identityTags(person, spoken.badges)};${spoken.nonce === undefined ? '' : `client-nonce=${escapeTag(spoken.nonce)};`}` +
    `emotes=${emotesTag(text)};first-msg=0;flags=;id=${id};${spoken.parent ? parentTags(spoken.parent) : ''}` +
    `returning-chatter=0;room-id=${place.roomId};${sourceTags(place, spoken.badges)}tmi-sent-ts=${spoken.sentAtMs};turbo=0;` +
    `user-id=${person.userId}`
  return { tagged: `@${tags} ${body}`, bare: body }
}

/** USERSTATE: who the client is in this room; with an id and the nonce where it confirms a message. */
export function userStateLine(
  person: Person,
  badges: readonly string[],
  channel: string,
  sent?: { readonly id: string; readonly nonce?: string },
): ServerLine {
  const nonce = sent?.nonce === undefined ? '' : `client-nonce=${escapeTag(sent.nonce)};`
  const id = sent ? `id=${sent.id};` : ''
  return taggedLine(
    `${identityTags(person, badges)};${nonce}emote-sets=0;${id}turbo=0`,
    `:tmi.twitch.tv USERSTATE #${channel}`,
  )
}

/** ROOMSTATE with the tags of `roomStateTags`. */
export function roomStateLine(tags: string, channel: string): ServerLine {
  return taggedLine(tags, `:tmi.twitch.tv ROOMSTATE #${channel}`)
}

/** NOTICE about a room. It never carries the nonce of the message it is about. */
export function noticeLine(id: string, channel: string, text: string): ServerLine {
  return taggedLine(`msg-id=${id}`, `:tmi.twitch.tv NOTICE #${channel} :${text}`)
}

/** CLEARCHAT: the whole room, or one person: for some seconds or for good. */
export function clearChatLine(
  place: LinePlace,
  sentAtMs: number,
  target?: { readonly person: Person; readonly seconds?: number },
): ServerLine {
  const duration = target?.seconds === undefined ? '' : `ban-duration=${target.seconds};`
  const user = target ? `target-user-id=${target.person.userId};` : ''
  return taggedLine(
    `${duration}room-id=${place.roomId};${user}tmi-sent-ts=${sentAtMs}`,
    `:tmi.twitch.tv CLEARCHAT #${place.channel}${target ? ` :${target.person.login}` : ''}`,
  )
}

/** CLEARMSG: one message is gone. */
export function clearMessageLine(place: LinePlace, sentAtMs: number, gone: PastLine): ServerLine {
  return taggedLine(
    `login=${gone.person.login};room-id=${place.roomId};target-msg-id=${gone.id};tmi-sent-ts=${sentAtMs}`,
    `:tmi.twitch.tv CLEARMSG #${place.channel} :${gone.text}`,
  )
}

/** USERNOTICE of a raid; in a room that only shares the chat it is a `sharedchatnotice`. */
export function raidLine(
  raid: { readonly from: Person; readonly viewers: number; readonly sentAtMs: number },
  id: string,
  place: LinePlace,
): ServerLine {
  const { from, viewers } = raid
  const ids = place.source ? 'msg-id=sharedchatnotice' : 'msg-id=raid'
  const source = place.source ? 'source-msg-id=raid;' : ''
  return taggedLine(
    `${identityTags(from, [])};emotes=;flags=;id=${id};login=${from.login};${ids};` +
      `msg-param-displayName=${escapeTag(from.displayName)};msg-param-login=${from.login};` +
      `msg-param-viewerCount=${viewers};room-id=${place.roomId};${source}${sourceTags(place, [])}` +
      `system-msg=${escapeTag(raidText(from, viewers))};tmi-sent-ts=${raid.sentAtMs};user-id=${from.userId}`,
    `:tmi.twitch.tv USERNOTICE #${place.channel}`,
  )
}

/** What viewers read when a raid arrives. */
export function raidText(from: Person, viewers: number): string {
  return `${viewers} raiders from ${from.displayName} have joined!`
}

function identityTags(person: Person, badges: readonly string[]): string {
  const name = `color=${person.color};display-name=${escapeTag(person.displayName)}`
  if (badges.length === 0) return `badge-info=;badges=;${name};mod=0;subscriber=0;user-type=`
  const subscriber = badges.find((badge) => badge.startsWith('subscriber/'))
  const isModerator = badges.some((badge) => badge.startsWith('moderator/'))
  const isVip = badges.some((badge) => badge.startsWith('vip/'))
  return (
    `badge-info=${subscriber ?? ''};badges=${badges.join(',')};${name};mod=${isModerator ? 1 : 0};` +
    `subscriber=${subscriber ? 1 : 0};user-type=${isModerator ? 'mod' : ''}${isVip ? ';vip=1' : ''}`
  )
}

function parentTags({ id, person, text }: PastLine): string {
  const name = escapeTag(person.displayName)
  return (
    `reply-parent-display-name=${name};reply-parent-msg-body=${escapeTag(text)};reply-parent-msg-id=${id};` +
    `reply-parent-user-id=${person.userId};reply-parent-user-login=${person.login};` +
    `reply-thread-parent-display-name=${name};reply-thread-parent-msg-id=${id};` +
    `reply-thread-parent-user-id=${person.userId};reply-thread-parent-user-login=${person.login};`
  )
}

function sourceTags({ source }: LinePlace, badges: readonly string[]): string {
  if (!source) return ''
  return `source-badge-info=;source-badges=${badges.join(',')};source-id=${source.id};source-room-id=${source.roomId};`
}
