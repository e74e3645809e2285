import { describe, expect, it } from 'vitest'
import { ask, askingWith, completionOf, modelServers, QUESTION, textOf } from '../support/model-server.js'

const startModel = modelServers()
const askWith = askingWith(startModel)

describe('an answer that is none', () => {
  it('can say any text, hostile ones too', async () => {
    const text = '/ban ann\r\n\u202Ehttps://evil.example @everyone'
    expect(await textOf(await askWith({ kind: 'say', text }))).toBe(text)
  })

  it('can be empty', async () => {
    const response = await askWith({ kind: 'empty' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('can be a web page with 200', async () => {
    const response = await askWith({ kind: 'html' })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html'])
    expect(await response.text()).toMatch(/^<!doctype html>/)
  })

  it('can be JSON that breaks off', async () => {
    const response = await askWith({ kind: 'bad-json' })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json'])
    await expect(response.json()).rejects.toThrow(SyntaxError)
  })

  it('can have no choices', async () => {
    expect((await completionOf(await askWith({ kind: 'no-choices' }))).choices).toEqual([])
  })

  it('can be a thought only, or a thought before the answer', async () => {
    expect(await textOf(await askWith({ kind: 'think', answers: false }))).toMatch(
      /^<think>[^<]+<\/think>\s*$/,
    )
    expect(await textOf(await askWith({ kind: 'think', answers: true }))).toMatch(
      /^<think>[^<]+<\/think>\s*\S/,
    )
  })

  it('can be filtered for its content', async () => {
    const { choices } = await completionOf(await askWith({ kind: 'content-filtered' }))
    expect(choices[0]).toMatchObject({ finish_reason: 'content_filter', message: { content: '' } })
  })

  it('is empty with finish reason length as long as the limit is too low', async () => {
    const model = await startModel()
    model.always({ kind: 'out-of-tokens', below: 300 })
    const { choices, usage } = await completionOf(await ask(model, { ...QUESTION, max_tokens: 299 }))
    expect(choices[0]).toMatchObject({ finish_reason: 'length', message: { content: '' } })
    expect(usage).toMatchObject({ completion_tokens: 299 })
    expect(await textOf(await ask(model, { ...QUESTION, max_tokens: 300 }))).not.toBe('')
  })
})

describe('a reasoning model', () => {
  it('wants max_completion_tokens and no temperature', async () => {
    const model = await startModel({ reasoning: true })
    const status = async (more: object) => (await ask(model, { ...QUESTION, ...more })).status
    expect(await status({ max_tokens: 1000 })).toBe(400)
    expect(await status({ temperature: 0.9 })).toBe(400)
    expect(await status({ temperature: 1 })).toBe(200)
    expect(await status({ max_completion_tokens: 1000 })).toBe(200)
  })

  it('thinks before it writes', async () => {
    const model = await startModel({ reasoning: { tokens: 200 } })
    const { choices, usage } = await completionOf(
      await ask(model, { ...QUESTION, max_completion_tokens: 120 }),
    )
    expect(choices[0]).toMatchObject({ finish_reason: 'length', message: { content: '' } })
    expect(usage?.completion_tokens).toBe(120)
    const enough = await completionOf(await ask(model, { ...QUESTION, max_completion_tokens: 480 }))
    expect(enough.choices[0]?.message.content).not.toBe('')
    expect(enough.usage?.completion_tokens_details?.reasoning_tokens).toBe(200)
  })
})
