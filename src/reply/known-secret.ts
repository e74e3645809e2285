/** Shorter values are placeholders such as `ollama`, and words that a bot may say. */
const SECRET_MIN_LENGTH = 12

/**
 * Whether a line holds one of the tokens and keys that this process knows, also where it is spaced out or in another
 * case. What only looks like a secret is for text safety.
 */
export function holdsKnownSecret(line: string, secrets: Iterable<string>): boolean {
  const squeezed = squeeze(line)
  for (const secret of secrets) {
    if (secret.length >= SECRET_MIN_LENGTH && squeezed.includes(squeeze(secret))) return true
  }
  return false
}

function squeeze(text: string): string {
  return text.toLowerCase().replace(/\s+/g, '')
}
