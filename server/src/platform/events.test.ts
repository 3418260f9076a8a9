import { isoDate } from '@candlewatch/core/interval'
import type { Ms } from '@candlewatch/core/types'
import { expect, test, vi } from 'vitest'
import { makeEventBus, type ServerEvent } from './events.ts'

const budget: ServerEvent = {
  type: 'budget',
  budget: { alarmsPerWeek: 2, feedShare: 0.1, note: '', at: 0 as Ms },
}

test('subscribers of a type get its events in the order in which they subscribed, others get none', () => {
  const bus = makeEventBus({ error: vi.fn() })
  const seen: string[] = []
  bus.on('budget', event => seen.push(`first ${event.budget.alarmsPerWeek}`))
  bus.on('budget', event => seen.push(`second ${isoDate(event.budget.at)}`))
  bus.on('replay', () => seen.push('replay'))
  bus.publish(budget)
  expect(seen).toEqual(['first 2', 'second 1970-01-01T00:00:00Z'])
})

test('a subscriber that throws is logged; the others and the publisher go on', () => {
  const error = vi.fn()
  const bus = makeEventBus({ error })
  const seen: ServerEvent[] = []
  const err = new Error('broken')
  bus.on('budget', () => {
    throw err
  })
  bus.on('budget', event => seen.push(event))
  bus.publish(budget)
  expect(seen).toEqual([budget])
  expect(error).toHaveBeenCalledExactlyOnceWith({ err, event: 'budget' }, expect.any(String))
})

test('an event published while another is handled reaches its subscribers first', () => {
  const bus = makeEventBus({ error: vi.fn() })
  const seen: string[] = []
  bus.on('budget', () => bus.publish({ type: 'repeated', stream: {} as never, bars: [] }))
  bus.on('budget', () => seen.push('budget'))
  bus.on('repeated', () => seen.push('repeated'))
  bus.publish(budget)
  expect(seen).toEqual(['repeated', 'budget'])
})
