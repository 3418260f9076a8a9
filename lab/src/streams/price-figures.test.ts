import { weekMs } from '@candlewatch/core/time'
import { describe, expect, it } from 'vitest'
import { type PriceMiss, priceFigures } from './price-figures.ts'

const miss = (week: number, model: number, more: Partial<PriceMiss> = {}): PriceMiss => ({
  openMs: week * weekMs,
  isOpening: false,
  isInside: true,
  model,
  engine: model,
  naive: 4,
  scaledMove: 5,
  ...more,
})

describe('figures of a price', () => {
  it('the better of the naive forecasts is the measure, by hand', () => {
    const misses = [
      miss(0, 2),
      miss(1, 3, { scaledMove: 1, isInside: false }),
      miss(2, 1, { engine: 4, isOpening: true }),
    ]
    const figures = priceFigures(misses)!
    expect(figures).toMatchObject({
      rows: 3,
      against: 'scaledMove',
      openings: 1,
      openingCoverage90: 1,
      interval95: null,
    })
    expect(figures.ratio).toBeCloseTo(6 / 11, 12)
    expect(figures.engineRatio).toBeCloseTo(9 / 11, 12)
    expect(figures.coverage90).toBeCloseTo(2 / 3, 12)
  })

  it('the interval is that of the ratio: equal ratios in unequal weeks give one without width', () => {
    const misses = [1, 2, 5, 9].map((size, week) => miss(week, size, { naive: 2 * size, scaledMove: null }))
    expect(priceFigures(misses)).toMatchObject({ against: 'naive', ratio: 0.5, interval95: { lower: 0.5, upper: 0.5 } })
  })

  it('no bar, or a naive forecast that never misses, gives no figures', () => {
    expect(priceFigures([])).toBeNull()
    expect(priceFigures([miss(0, 1, { naive: 0 })])).toBeNull()
  })
})
