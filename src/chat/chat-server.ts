import { ChorusError } from '../errors.js'

/** Twitch's chat. It takes TLS only: the plain address answers with a redirect since 2025. */
export const TWITCH_CHAT_URL = 'wss://irc-ws.chat.twitch.tv:443'

/** Where chat is served, in the words of tmi.js. */
export interface ChatServer {
  readonly server: string
  readonly port: number
  readonly secure: boolean
}

/** What tmi.js makes TLS of, whatever it was told. */
const TLS_PORT = 443

/**
 * Reads the address of a chat server: `wss://host` or `ws://host:port`.
 *
 * tmi.js knows TLS on port 443 only and has no place for a path; an address it would silently bend is an error
 * here. So is Twitch without TLS: the token would travel in the clear.
 *
 * @throws ChorusError `config-invalid`, naming what came and what is wanted.
 */
export function parseChatServer(url: string): ChatServer {
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (address?.username || address?.password) {
    // The one mistake that is not quoted: what stands there is a secret, and nothing would use it.
    throw new ChorusError(
      'config-invalid',
      'TWITCH_CHAT_URL holds a name or password; it must be an address alone',
    )
  }
  if (address?.protocol !== 'ws:' && address?.protocol !== 'wss:') {
    throw invalid(url, 'wss://host or ws://host:port')
  }
  if (address.pathname !== '/' || address.search !== '') throw invalid(url, 'an address without a path')
  const secure = address.protocol === 'wss:'
  const port = address.port === '' ? (secure ? TLS_PORT : 80) : Number(address.port)
  if (secure !== (port === TLS_PORT)) throw invalid(url, 'wss:// with port 443, or ws:// with another port')
  const isTwitch = /(^|\.)twitch\.tv$/.test(address.hostname)
  if (isTwitch && !secure) throw invalid(url, `TLS for Twitch: ${TWITCH_CHAT_URL}`)
  return { server: address.hostname, port, secure }
}

function invalid(got: string, wanted: string): ChorusError {
  return new ChorusError('config-invalid', `TWITCH_CHAT_URL is ${JSON.stringify(got)}; it must be ${wanted}`)
}
