import { describe, expect, it } from 'vitest'
import { parseChatServer, TWITCH_CHAT_URL } from '../../src/chat/chat-server.js'

describe('parseChatServer', () => {
  it('reads Twitch’s own address', () => {
    expect(parseChatServer(TWITCH_CHAT_URL)).toEqual({
      server: 'irc-ws.chat.twitch.tv',
      port: 443,
      secure: true,
    })
  })

  it('reads a local address, with an IPv6 host too', () => {
    expect(parseChatServer('ws://127.0.0.1:4040')).toEqual({ server: '127.0.0.1', port: 4040, secure: false })
    expect(parseChatServer('ws://[::1]:4040/')).toEqual({ server: '[::1]', port: 4040, secure: false })
  })

  it.each([
    ['Twitch without TLS', 'ws://irc-ws.chat.twitch.tv:80'],
    ['a port tmi.js would not use', 'wss://chat.example:8443'],
    ['a port tmi.js would use TLS on', 'ws://chat.example:443'],
    ['a path', 'wss://chat.example/irc'],
    ['another protocol', 'https://chat.example'],
    ['no address', 'localhost'],
  ])('refuses %s, naming what came and what is wanted', (_what, url) => {
    expect(() => parseChatServer(url)).toThrow(expect.objectContaining({ code: 'config-invalid' }))
    expect(() => parseChatServer(url)).toThrow(/^TWITCH_CHAT_URL is ".*"; it must be /)
  })

  it('refuses a password, without repeating it', () => {
    const message = /^TWITCH_CHAT_URL holds a name or password/
    expect(() => parseChatServer('ws://ann:opensesame@chat.example:4040')).toThrow(message)
    expect(() => parseChatServer('ws://ann:opensesame@chat.example:4040')).not.toThrow(/opensesame/)
  })
})
