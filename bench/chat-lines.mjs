import { pick, seededRandom } from './product.mjs'

/** @import { Random } from '../src/random.js' */

const WORDS = (
  'that was so clean lol no way he did it again what is this game even about chat is going wild today gg well played ' +
  'never seen anyone jump over the wall like this before first time here hello from a small town love the music'
).split(' ')
const EMOTES = ['Kappa', 'LUL', 'PogChamp', 'NotLikeThis', 'BibleThump', 'SeemsGood']
const COLORS = ['#FF0000', '#1E90FF', '#00FF7F', '#8A2BE2', '#FFFFFF', '']
const BADGES = [
  ['', ''],
  ['', ''],
  ['', 'premium/1'],
  ['subscriber/14', 'subscriber/12,premium/1'],
  ['subscriber/2', 'subscriber/0'],
  ['subscriber/31', 'moderator/1,subscriber/24'],
  ['', 'vip/1,bits/1000'],
]
const ROOM_ID = '71092938'
const FIRST_TIMESTAMP = 1_790_000_000_000
const VIEWERS = 5000

/**
 * @typedef {object} ChatMix
 * @property {string} channel
 * @property {readonly string[]} bots
 * @property {number} mentionShare share of the lines that mention one of the bots, in [0, 1]
 * @property {number} seed other seeds give other message ids
 */

/**
 * Raw lines as a busy channel has them, in tags, lengths and kinds: about 400 units each, most of them tags; some with
 * emotes, emoji, replies, commands. Each comes from another viewer than the lines before it.
 *
 * @param {ChatMix & { count: number }} mix
 */
export function chatLines({ count, ...mix }) {
  const random = seededRandom(mix.seed)
  return Array.from({ length: count }, (_, at) => chatLine(random, mix, at))
}

/**
 * @param {Random} random
 * @param {ChatMix} mix
 * @param {number} at
 */
function chatLine(random, { channel, bots, mentionShare }, at) {
  const name = `Viewer_${((at * 7919) % VIEWERS).toString(36)}x`
  const login = name.toLowerCase()
  const mention = random() < mentionShare ? `@${pick(random, bots)} ` : ''
  const { text, emotes } = said(random)
  const line =
    `@${tags(random, { name, emotes, at, isReply: mention === '' && random() < 0.03 })} ` +
    `:${login}!${login}@${login}.tmi.twitch.tv PRIVMSG #${channel} :${mention}${text}`
  // In one piece: else the pieces would be put together while the line is sent.
  return Buffer.from(line).toString()
}

/** @param {Random} random */
function said(random) {
  const draw = random()
  if (draw < 0.15) return withEmote(random)
  if (draw < 0.2) return { text: `!${pick(random, WORDS)} ${pick(random, WORDS)}`, emotes: '' }
  const text = words(random)
  return { text: draw < 0.22 ? `${text} 😂🔥` : text, emotes: '' }
}

/** @param {Random} random */
function withEmote(random) {
  const emote = pick(random, EMOTES)
  const text = words(random)
  return {
    text: `${emote} ${text}`,
    emotes: `${300_000 + Math.floor(random() * 9999)}:0-${emote.length - 1}`,
  }
}

/** @param {Random} random */
function words(random) {
  return Array.from({ length: 1 + Math.floor(random() ** 2 * 16) }, () => pick(random, WORDS)).join(' ')
}

/**
 * @param {Random} random
 * @param {{ name: string, emotes: string, at: number, isReply: boolean }} line
 */
function tags(random, { name, emotes, at, isReply }) {
  const [info = '', badges = ''] = pick(random, BADGES)
  const isModerator = badges.includes('moderator')
  const reply = isReply
    ? `reply-parent-display-name=Someone;reply-parent-msg-body=${pick(random, WORDS)}\\sthat;reply-parent-msg-id=${uuid(random)};` +
      'reply-parent-user-id=48215771;reply-parent-user-login=someone;'
    : ''
  return (
    `badge-info=${info};badges=${badges};client-nonce=${hex(random, 32)};color=${pick(random, COLORS)};display-name=${name};` +
    `emotes=${emotes};first-msg=0;flags=;id=${uuid(random)};mod=${isModerator ? 1 : 0};${reply}returning-chatter=0;` +
    `room-id=${ROOM_ID};subscriber=${info === '' ? 0 : 1};tmi-sent-ts=${FIRST_TIMESTAMP + at * 25};turbo=0;` +
    `user-id=${40_000_000 + ((at * 7919) % VIEWERS)};user-type=${isModerator ? 'mod' : ''}`
  )
}

/** @param {Random} random */
function uuid(random) {
  const all = hex(random, 32)
  return `${all.slice(0, 8)}-${all.slice(8, 12)}-${all.slice(12, 16)}-${all.slice(16, 20)}-${all.slice(20)}`
}

/**
 * @param {Random} random
 * @param {number} digits
 */
function hex(random, digits) {
  let text = ''
  while (text.length < digits)
    text += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  return text
}
