import { makeDataset } from '@candlewatch/core/forecast/dataset'
import type { Ms } from '@candlewatch/core/types'
import { describe, expect, it } from 'vitest'
import { madeUp } from '../series/series.suite.ts'
import { joinDatasets } from './joined-dataset.ts'

const lookback = 6
const hourMs = 3_600_000 as Ms

function part(rows: number, intervalMs = hourMs) {
  const { bars } = madeUp(rows, intervalMs)
  const dataset = makeDataset(bars, intervalMs, null, lookback)
  return { dataset, validationStart: Math.round(0.9 * dataset.last.length) }
}

describe('joinDatasets', () => {
  const [long, short] = [part(1_000), part(250, (60 * 60_000) as Ms)]
  const { dataset, validationStart } = joinDatasets([long, short])
  const { width } = dataset

  it('one series stays as it is', () => {
    expect(joinDatasets([long])).toBe(long)
  })

  it('samples that train come first, those that validate follow, each in the order of time', () => {
    expect(dataset.last).toHaveLength(long.dataset.last.length + short.dataset.last.length)
    expect(validationStart).toBe(long.validationStart + short.validationStart)
    const times = dataset.bars.map(bar => bar.ts)
    for (const its of [times.slice(0, validationStart), times.slice(validationStart)]) {
      expect(its).toEqual([...its].sort((a, b) => a - b))
    }
  })

  it('each sample keeps its own rows and outcomes', () => {
    const rowOf = (of: typeof dataset, sample: number) => {
      const at = of.last[sample] as number
      return [...of.rows.subarray(at * width, (at + 1) * width), ...of.targets.subarray(sample * 5, sample * 5 + 5)]
    }
    const own = new Set([long, short].flatMap(({ dataset: of }) => of.bars.map((_, i) => rowOf(of, i).join())))
    const found = dataset.bars.map((_, i) => rowOf(dataset, i).join())
    expect(new Set(found)).toEqual(own)
  })

  it('a series counts by the root of its length, and shares are 1 on average', () => {
    const counts = [long, short].map(({ dataset: of }) => of.last.length) as [number, number]
    const sums = new Map<number, number>()
    for (const share of dataset.shares) sums.set(share, (sums.get(share) ?? 0) + share)
    expect(sums.size).toBe(2)
    const [small, large] = [...sums].sort(([a], [b]) => a - b).map(([, total]) => total) as [number, number]
    expect(small / large).toBeCloseTo(Math.sqrt(counts[0] / counts[1]), 3)
    expect((small + large) / dataset.shares.length).toBeCloseTo(1, 3)
  })
})
