import { expect, test } from 'vitest'
import { fillMarkers } from '../../scripts/tables.mjs'

test('only what stands between the markers is replaced, again and again', () => {
  const text = 'before\n<!-- config:begin -->\nold\n<!-- config:end -->\nafter\n'
  const once = fillMarkers(text, { config: '| new |' })
  expect(once).toBe('before\n<!-- config:begin -->\n\n| new |\n\n<!-- config:end -->\nafter\n')
  expect(fillMarkers(once, { config: '| new |' })).toBe(once)
})

test('a missing marker is named', () => {
  expect(() => fillMarkers('no markers', { config: '' })).toThrow('<!-- config:begin -->')
  expect(() => fillMarkers('<!-- config:end --><!-- config:begin -->', { config: '' })).toThrow(
    '<!-- config:end -->',
  )
})
