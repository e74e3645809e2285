import { readCapped } from '../capped-body.js'
import { ChorusError } from '../errors.js'
import { HttpRefusal } from './http-refusal.js'

/** Statuses that may not have a body; `Response` throws when one is given. */
const BODILESS = new Set([204, 205, 304])

/**
 * A `fetch` for the model's SDK that reads the whole answer, but no more than `bytesMax` of it, unpacked. It
 * rejects with an {@link HttpRefusal} for what is no success and with `model-too-large` for a success beyond the
 * cap. The key is put in here: an SDK that does not have it can't print it, nor add headers from the environment.
 */
export function cappedFetch(options: {
  readonly apiKey: string | undefined
  readonly bytesMax: number
}): typeof fetch {
  const { apiKey, bytesMax } = options
  return async (input, init) => {
    const response = await fetch(input, { ...init, headers: headersFor(apiKey) })
    const { status, headers } = response
    if (!response.ok) throw new HttpRefusal({ status, headers, body: await readRefusal(response, bytesMax) })
    const { text, isWhole } = await readCapped(response, bytesMax)
    if (!isWhole)
      throw new ChorusError('model-too-large', `the model's answer is longer than ${bytesMax} bytes`)
    return new Response(BODILESS.has(status) ? null : text, { status, headers })
  }
}

function headersFor(apiKey: string | undefined): Record<string, string> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  if (apiKey === undefined) return headers
  // fetch would refuse such a header with an error that quotes it.
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new ChorusError('model-unauthorized', 'the API key holds blanks or letters that no key has')
  }
  return { ...headers, authorization: `Bearer ${apiKey}` }
}

/** The status is known by now, and says more than a connection that breaks in the middle of the body. */
async function readRefusal(response: Response, bytesMax: number): Promise<string> {
  try {
    return (await readCapped(response, bytesMax)).text
  } catch {
    return ''
  }
}
