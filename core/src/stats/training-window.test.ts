import { expect, it } from 'vitest'
import { ByteReader, ByteWriter } from '../state/bytes.ts'
import { makeRng } from './rng.ts'
import { rowsOf } from './rows.ts'
import { limitsOf, TrainingWindow } from './training-window.ts'

const options = { windowBars: 8, retrainBars: 20, firstBars: 2, winsorAt: 6 }

/** The bars, counted from 1, that a training falls on. */
function trainingsIn(bars: number, window: TrainingWindow): number[] {
  const due: number[] = []
  for (let bar = 1; bar <= bars; bar++) {
    if (!window.learn([bar])) continue
    window.train()
    due.push(bar)
  }
  return due
}

it('trains at the first bars, at each doubling until the window is full, then on its schedule', () => {
  expect(trainingsIn(50, new TrainingWindow(options))).toEqual([2, 4, 8, 28, 48])
})

it('with limits from elsewhere there is a model already, so that it waits a whole schedule', () => {
  const limits = { low: Float64Array.of(0), high: Float64Array.of(100) }
  expect(trainingsIn(50, new TrainingWindow(options, limits))).toEqual([20, 40])
})

it('gives the last bars, oldest first', () => {
  const window = new TrainingWindow({ ...options, winsorAt: 1e6 })
  for (let bar = 1; bar <= 11; bar++) window.learn([bar, -bar])
  const { values, count, width } = window.train()
  expect([count, width]).toEqual([8, 2])
  expect([...values.slice(0, 4)]).toEqual([4, -4, 5, -5])
  expect([...values.slice(-2)]).toEqual([11, -11])
})

it('limits, by hand: median 3 of 1 to 5, deviations 2 1 0 1 2, so 3 ± 6 × 1.4826 × 1', () => {
  const { low, high } = limitsOf(rowsOf([[5], [1], [3], [2], [4]]), 6)
  expect(low[0]).toBeCloseTo(3 - 8.8956, 10)
  expect(high[0]).toBeCloseTo(3 + 8.8956, 10)
})

it('a bad tick is learned as a limit', () => {
  const window = new TrainingWindow({ ...options, windowBars: 100, firstBars: 50 })
  const rng = makeRng(3)
  for (let bar = 0; bar < 50; bar++) if (window.learn([bar === 20 ? 1e6 : rng.normal()])) window.train()
  window.learn([-1e6])
  const { values } = window.train()
  expect(Math.max(...values)).toBeLessThan(10)
  expect(Math.min(...values)).toBeGreaterThan(-10)
})

it('a feature that never moved has no limits, so that its next value is learned unchanged', () => {
  const { low, high } = limitsOf(rowsOf([[2], [2], [2]]), 6)
  expect([low[0], high[0]]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
})

it('saved and loaded, the next training sees the same rows', () => {
  const first = new TrainingWindow(options)
  trainingsIn(13, first)
  const to = new ByteWriter()
  first.save(to)
  const second = new TrainingWindow(options)
  second.load(new ByteReader(to.bytes()))
  for (const window of [first, second]) window.learn([99])
  expect(second.train()).toEqual(first.train())
})
