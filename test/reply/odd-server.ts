import { createServer, type IncomingHttpHeaders } from 'node:http'

export interface OddAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export interface OddRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

/** A server on loopback that answers whatever a test wants: servers of the world differ from the built-in model. */
export async function oddServer(answer: (request: OddRequest) => OddAnswer) {
  const requests: OddRequest[] = []
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || 'null')
    const request = { path: incoming.url ?? '', headers: incoming.headers, body }
    requests.push(request)
    const { status, headers = {}, body: answered = '' } = answer(request)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(answered)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** A chat completion that says `text`. */
export function saying(text: string): OddAnswer {
  const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }]
  return { status: 200, body: JSON.stringify({ choices, usage: { total_tokens: 7 } }) }
}
