import { describe, expect, it } from 'vitest'
import { type Baseline, lastClose, lastHighLow, MoveEwma, scaledMove, trailingMedian } from './baselines.ts'

const bar = (high: number, low: number, close: number) => ({ high, low, close })

function after(baseline: Baseline, ...bars: ReturnType<typeof bar>[]) {
  for (const b of bars) baseline.learn(b)
  return baseline.expected()
}

describe('baselines', () => {
  it('no forecast exists before the first bar', () => {
    for (const baseline of [lastClose(), lastHighLow(), trailingMedian(), scaledMove({ up: 1, down: 1 })]) {
      expect(baseline.expected()).toBeNull()
    }
  })

  it('last close, high and low are those of the newest bar', () => {
    expect(after(lastClose(), bar(9, 1, 5), bar(110, 90, 100))).toEqual({ high: 100, low: 100 })
    expect(after(lastHighLow(), bar(9, 1, 5), bar(110, 90, 100))).toEqual({ high: 110, low: 90 })
  })

  it('trailing median: the close times the median ratio to the previous close', () => {
    // Against closes of 100, 100, 100: highs 1.01, 1.02, 1.09 and lows 0.99, 0.90, 0.97. Medians 1.02 and 0.97.
    const bars = [bar(100, 100, 100), bar(101, 99, 100), bar(102, 90, 100), bar(109, 97, 200)]
    const expected = after(trailingMedian(), ...bars)
    expect(expected?.high).toBeCloseTo(204, 10)
    expect(expected?.low).toBeCloseTo(194, 10)
  })

  it('trailing median of an even count: the mean of the middle two, and what left the window is forgotten', () => {
    const bars = [bar(100, 100, 100), bar(190, 10, 100), bar(102, 98, 100), bar(104, 92, 100)]
    const expected = after(trailingMedian(2), ...bars)
    expect(expected?.high).toBeCloseTo(103, 10)
    expect(expected?.low).toBeCloseTo(95, 10)
  })

  it('scaled move: k times the mean move, the newest weighing twice the one a half-life ago', () => {
    // Moves up 0.01 then 0.04, down 0.02 then 0.05; half-life 1: (0.01 + 2 × 0.04) / 3 = 0.03 and (0.02 + 2 × 0.05) / 3 = 0.04.
    const bars = [bar(100, 100, 100), bar(101, 98, 100), bar(104, 95, 100)]
    const expected = after(scaledMove({ up: 2, down: 0.5 }, 1), ...bars)
    expect(expected?.high).toBeCloseTo(106, 10)
    expect(expected?.low).toBeCloseTo(98, 10)
  })

  it('the mean moves are measured from the previous close, not from the open', () => {
    const moves = new MoveEwma()
    moves.learn(bar(210, 190, 200))
    expect(moves.now).toBeNull()
    moves.learn(bar(220, 195, 215))
    expect(moves.now?.close).toBe(215)
    expect(moves.now?.up).toBeCloseTo(0.1, 10)
    expect(moves.now?.down).toBeCloseTo(0.025, 10)
  })
})
