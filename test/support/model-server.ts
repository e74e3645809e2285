import type OpenAI from 'openai'
import { afterEach } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { seededRandom } from '../../src/random.js'
import type { ModelFault } from '../../src/simulator/model-faults.js'
import { ModelSimulator, type ModelSimulatorOptions } from '../../src/simulator/model-simulator.js'

/** A request that any chat completion server answers. */
export const QUESTION = {
  model: 'built-in',
  messages: [
    { role: 'system' as const, content: 'You are a swaggering patriot, a stick figure full of glue.' },
    { role: 'user' as const, content: 'ann: do you like pizza?' },
  ],
}

/** Gives the file's tests a function that starts a built-in model without latency; each test's end stops them. */
export function modelServers(): (options?: Partial<ModelSimulatorOptions>) => Promise<ModelSimulator> {
  const started: ModelSimulator[] = []
  afterEach(async () => {
    await Promise.all(started.splice(0).map((model) => model.stop()))
  })
  return async (options = {}) => {
    const model = new ModelSimulator({
      clock: systemClock(),
      random: seededRandom(1),
      latency: 0,
      ...options,
    })
    started.push(model)
    await model.start()
    return model
  }
}

/** One chat completion over HTTP, as any client would ask for it. */
export function ask(
  model: ModelSimulator,
  body: unknown = QUESTION,
  signal?: AbortSignal,
): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify(body), ...(signal && { signal }) }
  return fetch(`${model.url}/chat/completions`, init)
}

/** Gives a function that asks a server with this one fault once; `more` goes into the request. */
export function askingWith(startModel: ReturnType<typeof modelServers>) {
  return async (fault: ModelFault, more: object = {}): Promise<Response> => {
    const model = await startModel()
    model.script(fault)
    return ask(model, { ...QUESTION, ...more })
  }
}

export const completionOf = async (response: Response) => (await response.json()) as OpenAI.ChatCompletion
export const textOf = async (response: Response) => (await completionOf(response)).choices[0]?.message.content
