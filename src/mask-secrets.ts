import { KnownSecrets } from './known-secrets.js'

/** Below this a value is a placeholder such as `none`: masking it would only blot out innocent words. */
const SECRET_MIN_LENGTH = 6
const MASK = '[secret]'
/** What a login line carries, also one that we were never told of. */
const LOGIN_TOKEN = /\boauth:[^\s"'\\]+/gi

/**
 * A function that blots known secrets out of any text, in whichever way they are usually written there: plain,
 * within JSON, within an address, or as base64. Secrets that become known later are blotted out from then on.
 *
 * @param secrets plain values; those shorter than six characters are no secrets and stay
 */
export function maskSecrets(secrets: readonly string[] | KnownSecrets): (text: string) => string {
  const known = secrets instanceof KnownSecrets ? secrets : new KnownSecrets(secrets)
  let forms = formsOfAll(known)
  let { version } = known
  return (text) => {
    if (version !== known.version) {
      forms = formsOfAll(known)
      version = known.version
    }
    let masked = text
    for (const form of forms) masked = masked.replaceAll(form, MASK)
    return masked.replace(LOGIN_TOKEN, MASK)
  }
}

/** The longest first, else a secret that begins with another would leave its rest behind. */
function formsOfAll(secrets: Iterable<string>): readonly string[] {
  const long = [...secrets].filter((secret) => secret.length >= SECRET_MIN_LENGTH)
  return [...new Set(long.flatMap(formsOf))].sort((a, b) => b.length - a.length)
}

function formsOf(secret: string): string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
  ]
}
