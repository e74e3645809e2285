import { expect, it } from 'vitest'
import { ChorusEmitter } from '../src/events.js'
import { settle } from './support/manual-clock.js'

const EVENT = { size: 21, threshold: 20 }

it('calls every listener, also behind one that throws, and reports the throw', () => {
  const events = new ChorusEmitter()
  const told: unknown[] = []
  events.on('error', ({ error, where }) => told.push([error, where]))
  events.on('backlog:raised', () => {
    throw new Error('mine')
  })
  events.on('backlog:raised', ({ size }) => told.push(size))
  events.emit('backlog:raised', EVENT)
  expect(told).toEqual([[new Error('mine'), 'listener of backlog:raised'], 21])
})

it('reports a listener that rejects', async () => {
  const events = new ChorusEmitter()
  const told: unknown[] = []
  events.on('error', ({ error }) => told.push(error))
  events.on('backlog:raised', async () => {
    throw new Error('later')
  })
  events.emit('backlog:raised', EVENT)
  await settle()
  expect(told).toEqual([new Error('later')])
})

it.each([
  [
    'throws',
    () => {
      throw new Error('again')
    },
  ],
  ['rejects', () => Promise.reject(new Error('again'))],
])('does not go round for ever with a listener of errors that %s', async (_, listener) => {
  const events = new ChorusEmitter()
  let calls = 0
  events.on('error', () => {
    calls += 1
    return listener()
  })
  events.emit('error', { error: new Error('first'), where: 'test' })
  await settle()
  expect(calls).toBe(1)
})

it('takes a listener out again, also one for a single time and one of two events', () => {
  const events = new ChorusEmitter()
  const told: string[] = []
  const raised = () => told.push('raised')
  const both = () => told.push('both')
  events.once('backlog:raised', raised)
  events.off('backlog:raised', raised)
  events.on('backlog:raised', both)
  events.on('error', both)
  events.off('error', both)
  events.emit('backlog:raised', EVENT)
  events.emit('error', { error: 1, where: 'test' })
  expect(told).toEqual(['both'])
})
