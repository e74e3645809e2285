import type { Config } from '../config-schema.js'
import type { BotLogin, ChannelName } from '../domain.js'
import { limitsHint } from '../limits-hint.js'

const STAND_IN =
  'Lines come from a built-in stand-in, not from an AI: to plug one in, set OPENAI_API_KEY, or OPENAI_BASE_URL for Ollama, llama.cpp, LM Studio or vLLM, and start the demo with --real-model.'
const PAGE =
  'The page of the control room has this chat, too: type in it as any viewer, play raids, outages of the model and lost connections.'
const KEYS = 'Keys: r raid of 100 · b five questions · e everybody answers · q quit'

/** What a newcomer should know before the chat begins to scroll. */
export function demoIntro(demo: {
  readonly bots: readonly BotLogin[]
  readonly channel: ChannelName
  readonly queue: Config['queue']
  readonly isRealModel: boolean
}): string[] {
  const { bots, channel, queue, isRealModel } = demo
  const hint = limitsHint(bots.length, queue)
  const hasKeys = process.stdin.isTTY && process.stdout.isTTY
  return [
    `Chorus demo. ${bots.join(', ')} ${bots.length === 1 ? 'is' : 'are'} in #${channel} on a built-in Twitch; no account is needed and nothing reaches the real one.`,
    isRealModel ? 'Lines are made by your own model.' : STAND_IN,
    PAGE,
    ...(hint === undefined ? [] : [hint]),
    ...(hasKeys ? [KEYS] : []),
  ]
}
