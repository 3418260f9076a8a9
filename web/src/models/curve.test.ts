import { expect, test } from 'vitest'
import { curveOf, type Line } from './curve.ts'

const line = (training: readonly number[], rest: Partial<Line> = {}): Line => ({
  name: 'Network 1',
  isQuiet: false,
  kept: null,
  losses: training.map((loss, i) => ({ epoch: i + 1, training: loss, validation: i === 0 ? null : loss / 2 })),
  ...rest,
})

test('there is no curve before the first epoch', () => {
  expect(curveOf([], 'training', 4)).toBeNull()
  expect(curveOf([line([1])], 'validation', 4)).toBeNull()
})

test('epochs go from the left edge to the right, losses between round values, and the kept epoch has a point', () => {
  const curve = curveOf([line([0.5, 0.3, 0.2], { kept: 3 })], 'training', 3)!
  const { left, right, top, bottom } = curve.frame
  expect(curve.epochs.map(({ at, label }) => `${label} at ${at}`)).toEqual([
    ...[`1 at ${left}`, `2 at ${(left + right) / 2}`, `3 at ${right}`],
  ])
  expect(curve.losses[0]).toEqual({ at: bottom, label: '0.20' })
  expect(curve.losses.at(-1)).toEqual({ at: top, label: '0.30' })
  expect(curve.paths[0]!.kept).toMatchObject({ epoch: 3, x: right, y: bottom, loss: 0.2 })
})

test('the first epochs, which would flatten the others, may be cut off, and the curve says so', () => {
  const training = [9, 4, ...Array.from({ length: 12 }, (_, i) => 1 - i / 100)]
  const curve = curveOf([line(training)], 'training', 14)!
  expect(curve.above).toBe(9)
  const inside = curve.paths[0]!.points.filter(({ y }) => y >= curve.frame.top && y <= curve.frame.bottom)
  expect(inside.map(({ epoch }) => epoch)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
  expect(curveOf([line([9, 1])], 'training', 14)!.above).toBeNull()
})

test('during a training, space is left for the remaining epochs, and a single epoch is a point', () => {
  const curve = curveOf([line([0.5])], 'training', 5)!
  expect(curve.paths[0]!.points).toMatchObject([{ x: curve.frame.left }])
  expect(curve.epochs.at(-1)).toEqual({ at: curve.frame.right, label: '5' })
})

test('a constant loss, and a single epoch, are drawn without invalid numbers', () => {
  for (const curve of [curveOf([line([0.3, 0.3, 0.3])], 'training', 3)!, curveOf([line([0])], 'training', 1)!]) {
    const numbers = [...curve.losses, ...curve.epochs].map(({ at }) => at)
    for (const { x, y } of curve.paths[0]!.points) numbers.push(x, y)
    expect(numbers.every(Number.isFinite)).toBe(true)
  }
})

test('epochs without a validation are left out of its curve', () => {
  expect(curveOf([line([0.5, 0.4])], 'validation', 2)!.paths[0]!.points.map(({ epoch }) => epoch)).toEqual([2])
})
