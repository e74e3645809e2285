import { escapeTag } from './irc-line.js'
import type { Person } from './person.js'
import type { Room } from './room.js'
import { type Capability, plainLine, type ServerLine, taggedLine, userStateLine } from './server-line.js'

const OFFERED = ['tags', 'commands', 'membership'] as const satisfies readonly Capability[]
const NAME_PREFIX = 'twitch.tv/'

/** The answer to `CAP <verb> :<wanted>`, and what the client gets from now on. */
export function capabilityReply(
  verb: string,
  wanted: string,
): { readonly reply?: string; readonly granted: readonly Capability[] } {
  switch (verb) {
    case 'LS':
      return {
        reply: `:tmi.twitch.tv CAP * LS :${OFFERED.map((name) => NAME_PREFIX + name).join(' ')}`,
        granted: [],
      }
    case 'REQ': {
      const names = wanted.split(' ').filter((name) => name !== '')
      const granted = OFFERED.filter((name) => names.includes(NAME_PREFIX + name))
      const isKnown = granted.length === names.length
      return {
        reply: `:tmi.twitch.tv CAP * ${isKnown ? 'ACK' : 'NAK'} :${wanted}`,
        granted: isKnown ? granted : [],
      }
    }
    default:
      return { granted: [] }
  }
}

/** What Twitch says to who has logged in. */
export function welcomeLines(person: Person): readonly ServerLine[] {
  const { login } = person
  const numeric = (code: string, text: string) => plainLine(`:tmi.twitch.tv ${code} ${login} ${text}`)
  return [
    numeric('001', ':Welcome, GLHF!'),
    numeric('002', ':Your host is tmi.twitch.tv'),
    numeric('003', ':This server is rather new'),
    numeric('004', ':-'),
    numeric('375', ':-'),
    numeric('372', ':You are in a maze of twisty passages, all alike.'),
    numeric('376', ':>'),
    taggedLine(
      `badge-info=;badges=;color=${person.color};display-name=${escapeTag(person.displayName)};emote-sets=0;` +
        `user-id=${person.userId};user-type=`,
      ':tmi.twitch.tv GLOBALUSERSTATE',
    ),
  ]
}

/** What Twitch says to who has joined a room. tmi.js waits for the USERSTATE before the ROOMSTATE. */
export function joinLines(person: Person, room: Room): readonly ServerLine[] {
  const { login } = person
  const { channel } = room
  return [
    plainLine(`:${login}!${login}@${login}.tmi.twitch.tv JOIN #${channel}`),
    plainLine(`:${login}.tmi.twitch.tv 353 ${login} = #${channel} :${login}`),
    plainLine(`:${login}.tmi.twitch.tv 366 ${login} #${channel} :End of /NAMES list`),
    userStateLine(person, room.standing.badgesOf(person), channel),
    room.roomState(),
  ]
}
