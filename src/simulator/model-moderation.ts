import { MODEL_NAME } from './model-answer.js'
import { errorAnswer } from './model-refusal.js'
import { parseModerationInput } from './model-request.js'
import { jsonAnswer, type WireAnswer } from './model-wire.js'

/** How the moderation endpoint judges: texts that contain one of the words, in any case, are flagged. */
export type Moderation =
  | { readonly kind: 'marks'; readonly words: readonly string[] }
  /** The endpoint is there and fails: 500. */
  | { readonly kind: 'broken' }
  /** 200 with a body of another shape. */
  | { readonly kind: 'garbled' }

/** The answer to a moderation request, in the shape of OpenAI's API. */
export function toModerationAnswer(moderation: Moderation, body: unknown): WireAnswer {
  if (moderation.kind === 'broken') {
    return errorAnswer(500, { message: 'The moderation failed.', type: 'server_error' })
  }
  if (moderation.kind === 'garbled') return jsonAnswer({ results: 'later' })
  const input = parseModerationInput(body)
  if (!input) {
    const message = "'input' must be a text or a list of texts."
    return errorAnswer(400, { message, type: 'invalid_request_error', param: 'input' })
  }
  const results = input.map((text) => toResult(isMarked(text, moderation.words)))
  return jsonAnswer({ id: `modr-${MODEL_NAME}`, model: MODEL_NAME, results })
}

function isMarked(text: string, words: readonly string[]): boolean {
  const folded = text.toLowerCase()
  return words.some((word) => folded.includes(word.toLowerCase()))
}

function toResult(flagged: boolean) {
  return {
    flagged,
    categories: { harassment: flagged, hate: false },
    category_scores: { harassment: flagged ? 0.99 : 0.01, hate: 0 },
    category_applied_input_types: { harassment: ['text'], hate: ['text'] },
  }
}
