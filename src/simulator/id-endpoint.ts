import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Cancel, type Clock, SECOND } from '../clock.js'
import { assertNever } from '../domain.js'
import type { IdFault, IdFaults } from './id-faults.js'
import type { IdGrants, Issued, IssuedToken } from './id-grants.js'
import type { IdLedger } from './id-ledger.js'
import { readBody } from './model-request.js'
import { jsonAnswer, type WholeAnswer, type WireAnswer, writeAnswer } from './model-wire.js'

const ACTIVATE_URL = 'https://www.twitch.tv/activate'
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const PAGE = '<!doctype html><title>Log in to this network</title>'

/** A request as far as it matters. */
interface Asked {
  readonly route: string
  readonly form: URLSearchParams
  readonly authorization: string
}

/** Answers single requests as Twitch’s server for sign-in does; knows nothing of ports. */
export class IdEndpoint {
  readonly #clock: Clock
  readonly #grants: IdGrants
  readonly #faults: IdFaults
  readonly #ledger: IdLedger
  /** The applications that are registered; undefined: any is. */
  readonly #clientIds: ReadonlySet<string> | undefined

  constructor(options: {
    readonly clock: Clock
    readonly grants: IdGrants
    readonly faults: IdFaults
    readonly ledger: IdLedger
    readonly clientIds: readonly string[] | undefined
  }) {
    this.#clock = options.clock
    this.#grants = options.grants
    this.#faults = options.faults
    this.#ledger = options.ledger
    this.#clientIds = options.clientIds && new Set(options.clientIds)
  }

  /** Takes a request to its answer. Rejects when the client goes away before it has sent all of it. */
  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams((await readBody(request)) ?? '')
    const route = `${request.method} ${request.url}`
    const asked = { route, form, authorization: request.headers.authorization ?? '' }
    const record = this.#ledger.open({ route: routeOf(route), grant: grantOf(form) })
    const fault = this.#faults.take()
    const answer = toFaulty(fault, () => this.#answer(asked))
    record.answer(answer.kind === 'whole' ? answer.status : undefined)
    let cancel: Cancel = () => {}
    response.once('close', () => {
      cancel()
      record.end()
    })
    cancel = writeAnswer(answer, { response, clock: this.#clock, ended: () => record.end() })
  }

  #answer({ route, form, authorization }: Asked): WholeAnswer {
    if (route === 'GET /oauth2/validate') return this.#validate(authorization)
    if (this.#clientIds && !this.#clientIds.has(form.get('client_id') ?? '')) {
      return refusal(400, 'invalid client')
    }
    if (route === 'POST /oauth2/device') return this.#startDevice(form)
    if (route === 'POST /oauth2/token') return this.#giveTokens(form)
    return refusal(404, 'Not Found')
  }

  #validate(authorization: string): WholeAnswer {
    const [, accessToken = ''] = /^OAuth (\S+)$/.exec(authorization) ?? []
    const token = this.#grants.validate(accessToken)
    if (!token) return refusal(401, 'invalid access token')
    return jsonAnswer({
      client_id: token.clientId,
      login: token.login,
      scopes: token.scopes.length === 0 ? null : token.scopes,
      user_id: token.userId,
      expires_in: this.#secondsLeft(token),
    })
  }

  #startDevice(form: URLSearchParams): WholeAnswer {
    const device = this.#grants.startDevice(form.get('client_id') ?? '', scopesOf(form))
    return jsonAnswer({
      device_code: device.deviceCode,
      expires_in: device.expiresInMs / SECOND,
      interval: device.intervalMs / SECOND,
      user_code: device.userCode,
      verification_uri: `${ACTIVATE_URL}?public=true&device-code=${device.userCode}`,
    })
  }

  #giveTokens(form: URLSearchParams): WholeAnswer {
    const clientId = form.get('client_id') ?? ''
    const grant = form.get('grant_type')
    if (grant === DEVICE_GRANT) {
      return this.#toAnswer(this.#grants.exchange(form.get('device_code') ?? '', clientId))
    }
    if (grant === 'refresh_token') {
      return this.#toAnswer(this.#grants.refresh(form.get('refresh_token') ?? '', clientId))
    }
    return refusal(400, 'missing grant type')
  }

  #toAnswer(issued: Issued): WholeAnswer {
    if (issued.kind === 'refused') return refusal(issued.status, issued.message)
    const { token } = issued
    return jsonAnswer({
      access_token: token.accessToken,
      expires_in: this.#secondsLeft(token),
      refresh_token: token.refreshToken,
      scope: token.scopes,
      token_type: 'bearer',
    })
  }

  #secondsLeft(token: IssuedToken): number {
    return Math.ceil((token.endsAtMs - this.#clock.now()) / SECOND)
  }
}

function toFaulty(fault: IdFault, answer: () => WholeAnswer): WireAnswer {
  switch (fault.kind) {
    case 'none':
      return answer()
    case 'hang':
      return { kind: 'hang', afterHeaders: fault.afterHeaders ?? false }
    case 'server-error':
      return refusal(fault.status ?? 500, 'service unavailable')
    case 'html':
      return {
        kind: 'whole',
        status: fault.status ?? 200,
        headers: { 'content-type': 'text/html' },
        body: PAGE,
      }
    case 'bad-json':
      return { ...jsonAnswer({}), body: '{"access_token":"abc' }
    case 'empty-json':
      return jsonAnswer({})
    case 'huge':
      return { kind: 'huge', bytes: 10_000_000, head: '{"message":"', tail: '"}' }
    case 'reset':
      return { kind: 'reset', body: '{"access_token":"abc"}' }
    case 'refuse':
      return refusal(fault.status, fault.message)
    case 'redirect':
      return { kind: 'whole', status: 302, headers: { location: fault.to }, body: '' }
    case 'lost-answer':
      return { kind: 'reset', body: answer().body }
    default:
      return assertNever(fault)
  }
}

const refusal = (status: number, message: string) => jsonAnswer({ status, message }, status)

/** That there is a query is noted, but not what it says: a client may have put a token there. */
const routeOf = (route: string) => route.replace(/\?.*/s, '?…')

function grantOf(form: URLSearchParams): string | undefined {
  const grant = form.get('grant_type')
  return grant === DEVICE_GRANT ? 'device_code' : (grant ?? undefined)
}

function scopesOf(form: URLSearchParams): readonly string[] {
  return (form.get('scopes') ?? '').split(' ').filter((scope) => scope !== '')
}
