import type { Model } from '@candlewatch/api/models'
import { expect, test } from 'vitest'
import { comparedText, comparedWithNaive, ordered } from './version.ts'

const version = (name: string, state: Model['state'], createdAt: string | null): Model => ({
  id: `m@${name}`,
  name: 'm',
  version: name,
  state,
  createdAt,
  reason: null,
  sha256: null,
  interval: '1h',
  trainedFrom: null,
  trainedTo: null,
  metrics: null,
  trial: null,
})

test('the champion comes first, then the newest, and unusable versions at the end', () => {
  const all = [
    version('refused', 'refused', '2026-01-09T00:00:00Z'),
    version('old', 'retired', '2026-01-01T00:00:00Z'),
    version('unknown', 'candidate', null),
    version('best', 'champion', '2026-01-02T00:00:00Z'),
    version('new', 'candidate', '2026-01-03T00:00:00Z'),
  ]
  expect(ordered(all).map(one => one.version)).toEqual(['best', 'new', 'old', 'unknown', 'refused'])
})

test('two errors are compared in words', () => {
  expect(comparedWithNaive({ mae: 49.33, baselineMae: 50.6171, coverage90: 0.9 })).toBe('2.5 % better')
  expect(comparedText(320.3, 315.94)).toBe('1.4 % worse')
  expect(comparedText(100.01, 100)).toBe('the same')
})
