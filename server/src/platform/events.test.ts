import type { Stream } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { expect, test, vi } from 'vitest'
import { makeEventBus } from './events.ts'

const budget = { alarmsPerWeek: 2, feedShare: 0.1, since: '2021-01-01T00:00:00.000Z', note: '' }
const stream: Stream = { market: 'bitstamp:BTC-USD', intervalMs: 3_600_000 as Ms }

test('subscribers of an event are called in the order in which they subscribed, others are not', () => {
  const bus = makeEventBus({ error: vi.fn() })
  const seen: string[] = []
  bus.on('budget', event => void seen.push(`first ${event.alarmsPerWeek}`))
  bus.on('budget', event => void seen.push(`second ${event.feedShare}`))
  bus.on('repeated', () => void seen.push('repeated'))
  bus.publish('budget', budget)
  expect(seen).toEqual(['first 2', 'second 0.1'])
})

test('a subscriber that throws is logged; the others and the publisher go on', () => {
  const error = vi.fn()
  const bus = makeEventBus({ error })
  const handle = vi.fn()
  const err = new Error('broken')
  bus.on('budget', () => {
    throw err
  })
  bus.on('budget', handle)
  bus.publish('budget', budget)
  expect(handle).toHaveBeenCalledExactlyOnceWith(budget)
  expect(error).toHaveBeenCalledExactlyOnceWith({ err, event: 'budget' }, expect.any(String))
})

test('an event that is published while another is handled reaches its subscribers first', () => {
  const bus = makeEventBus({ error: vi.fn() })
  const seen: string[] = []
  bus.on('budget', () => bus.publish('repeated', { stream, bars: [] }))
  bus.on('budget', () => void seen.push('budget'))
  bus.on('repeated', () => void seen.push('repeated'))
  bus.publish('budget', budget)
  expect(seen).toEqual(['repeated', 'budget'])
})
