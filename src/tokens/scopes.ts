/** What a bot’s token must allow: to read chat and to write in it. Nothing else is ever asked for. */
export const CHAT_SCOPES = ['chat:read', 'chat:edit'] as const

/** Those of {@link CHAT_SCOPES} that a token does not allow. */
export function missingScopes(scopes: readonly string[]): readonly string[] {
  return CHAT_SCOPES.filter((scope) => !scopes.includes(scope))
}
