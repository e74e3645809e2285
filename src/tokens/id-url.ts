import type { Environment } from '../environment.js'

const TWITCH_ID_URL = 'https://id.twitch.tv'

/**
 * Where tokens may be sent to be checked and refreshed: what the environment names, else Twitch, but only for bots that
 * talk on Twitch. undefined: nowhere. The tokens of another chat server are none of Twitch’s business.
 */
export function idUrlOf({ chatUrl, idUrl }: Pick<Environment, 'chatUrl' | 'idUrl'>): string | undefined {
  if (idUrl !== undefined) return idUrl
  return chatUrl === undefined || isTwitch(chatUrl) ? TWITCH_ID_URL : undefined
}

function isTwitch(chatUrl: string): boolean {
  return URL.canParse(chatUrl) && /(^|\.)twitch\.tv$/.test(new URL(chatUrl).hostname)
}
