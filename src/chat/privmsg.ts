import { type ChatLine, LINE_UNITS_MAX } from '../domain.js'
import { ChorusError } from '../errors.js'
import { isSyntheticId } from './synthetic-id.js'

const CHANNEL = /^[a-z0-9_]{1,25}$/
/** Twitch's ids are UUIDs; a tag's value may hold no space, semicolon, backslash or line end. */
const ID = /^[\w.-]{1,100}$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get through
const CONTROL = /[\0-\x1f\x7f]/
/** Twitch takes a line that starts so as a command. */
const COMMAND = /^[/\\.]/

/**
 * The one raw IRC line that says `line`. tmi.js would write anything to the socket, line ends too; text safety has
 * been here before, and this is the second lock.
 *
 * @param nonce what Twitch is to call the line by when it confirms it
 * @throws ChorusError `reply-failed`; the message never quotes the text.
 */
export function toPrivmsg({ channel, text, replyTo }: ChatLine, nonce?: string): string {
  if (!CHANNEL.test(channel)) throw unsafe('its channel is no name')
  if (text.length === 0 || text.length > LINE_UNITS_MAX) throw unsafe(`it has ${text.length} units`)
  if (CONTROL.test(text)) throw unsafe('it holds a control character')
  if (COMMAND.test(text)) throw unsafe('it would be taken as a command')
  const parent = replyTo === undefined || isSyntheticId(replyTo) ? undefined : replyTo
  if (parent !== undefined && !ID.test(parent)) throw unsafe('it answers a malformed id')
  const tags = [
    ...(nonce === undefined ? [] : [`client-nonce=${nonce}`]),
    ...(parent === undefined ? [] : [`reply-parent-msg-id=${parent}`]),
  ]
  return `${tags.length > 0 ? `@${tags.join(';')} ` : ''}PRIVMSG #${channel} :${text}`
}

function unsafe(why: string): ChorusError {
  return new ChorusError('reply-failed', `a line was not written: ${why}`)
}
