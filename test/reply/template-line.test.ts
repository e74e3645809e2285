import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toChatText } from '../../src/reply/chat-text.js'
import { templateLine, varyRepeat } from '../../src/reply/template-line.js'
import { hostileText, rules } from './hostile-text.js'

const login = fc.stringMatching(/^[a-z0-9][a-z0-9_]{0,24}$/)
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const loose = (text: string) => text.trim().replace(/\s+/g, ' ').toLowerCase()

/** Every template, drawn by going through the numbers. */
const templates = [
  ...new Set(Array.from({ length: 1000 }, (_, i) => templateLine({ viewer: 'bob', random: () => i / 1000 }))),
]

describe('a template line', () => {
  it('is one of many', () => {
    expect(templates.length).toBeGreaterThanOrEqual(24)
  })

  it('is threaded anyway, so that it pings nobody, and names the viewer', () => {
    for (const text of templates) expect(text).toMatch(/^[^@]*\bbob\b[^@]*$/)
  })

  it('passes text safety as it is, whoever the viewer', () => {
    fc.assert(
      fc.property(login, share, (viewer, drawn) => {
        const text = templateLine({ viewer, random: () => drawn })
        expect(toChatText(text, { ...rules, answering: [viewer] })).toEqual({ kind: 'text', text })
      }),
      { numRuns: 500 },
    )
  })
})

describe('a repeated line', () => {
  it('differs each time it is varied, in words that stay when it goes through text safety', () => {
    fc.assert(
      fc.property(hostileText, login, (raw, viewer) => {
        const first = toChatText(raw, rules)
        if (first.kind !== 'text') return
        const forms = [loose(first.text)]
        let text: string = first.text
        for (let times = 1; times <= 3; times++) {
          const varied = toChatText(varyRepeat(text, viewer), rules)
          expect(varied.kind).toBe('text')
          text = varied.kind === 'text' ? varied.text : ''
          forms.push(loose(text))
        }
        expect(new Set(forms).size).toBe(forms.length)
      }),
      { numRuns: 1000 },
    )
  })

  it('never grows by more than one opener', () => {
    let text = 'What a raid!'
    for (let times = 0; times < 100; times++) text = varyRepeat(text, 'bob')
    expect(text).toMatch(/^[^:]+bob: What a raid!$/)
  })

  it('takes the viewer’s name as it is', () => {
    expect(varyRepeat('hi', '$&')).toContain('$&')
  })
})
