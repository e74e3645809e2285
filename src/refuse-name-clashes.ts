import { sameLogin } from './domain.js'

interface Named {
  readonly login: string
  readonly aliases: readonly string[]
}

/** A type, for an interface has no index signature, which the schema asks for. */
type NameIssue = {
  readonly code: 'custom'
  /** From the list of bots. */
  readonly path: (string | number)[]
  readonly message: string
}

/**
 * Refuses names that are another bot’s login: who writes one means that bot alone. An alias may be shared; then it calls all
 * of its bots.
 */
export function refuseNameClashes(
  bots: readonly Named[],
  { addIssue }: { addIssue(issue: NameIssue): void },
): void {
  for (const [place, { login, aliases }] of bots.entries()) {
    if (bots.findIndex((bot) => sameLogin(bot.login, login)) < place) {
      addIssue({ code: 'custom', path: [place, 'login'], message: 'a login that no other bot has' })
    }
    for (const [index, alias] of aliases.entries()) {
      const owner = bots.find((bot, at) => at !== place && sameLogin(bot.login, alias))
      if (!owner) continue
      const message = `another name: it is the login of ${owner.login}, and would call that bot as well as ${login}`
      addIssue({ code: 'custom', path: [place, 'aliases', index], message })
    }
  }
}
