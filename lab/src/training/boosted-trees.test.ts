import { readFileSync } from 'node:fs'
import { makeRng } from '@candlewatch/core/stats/rng'
import { describe, expect, it } from 'vitest'
import { fitTrees, type TreeOptions, treeDefaults } from './boosted-trees.ts'

const seed = 7
const small: Partial<TreeOptions> = { trees: 100, leastSamples: 10, learningRate: 0.1 }

describe(`boosted trees, seed ${seed}`, () => {
  it('a step is followed to a thousandth', () => {
    const rows = uniformRows(400, 1)
    const step = (x: number) => (x > 0.5 ? 3 : -1)
    const trees = fitTrees(rows, 1, Float64Array.from(rows, step), small)
    for (const x of [0, 0.2, 0.45, 0.55, 0.8, 1]) expect(trees.predict([x])).toBeCloseTo(step(x), 3)
  })

  it('a step is split halfway between neighbours, with the median on either side, like in scikit-learn', () => {
    const options = { trees: 1, leaves: 2, leastSamples: 1, learningRate: 1, l2: 0 }
    const trees = fitTrees(Float32Array.of(1, 2, 4, 5), 1, Float64Array.of(10, 10, 20, 24), options)
    // Median 15; a first cut at 3 leaves residuals −5, −5 and 5, 9.
    expect([0, 3, 3.001, 9].map(x => trees.predict([x]))).toEqual([10, 10, 22, 22])
  })

  it('more trees have a smaller error on their training rows', () => {
    const rows = uniformRows(600, 3)
    const targets = columnOf(rows, 3, ([a, b]) => 4 * a! * b!)
    const errors = [0, 1, 10, 50, 200].map(trees => {
      return meanAbsolute(targets, fitTrees(rows, 3, targets, { ...small, trees }).predictAll(rows, 3))
    })
    expect(errors).toEqual([...errors].sort((a, b) => b - a))
    expect(errors.at(-1)).toBeLessThan(errors[0]! / 10)
  })

  it('a constant target is forecast exactly', () => {
    const rows = uniformRows(300, 2)
    const forecasts = fitTrees(rows, 2, new Float64Array(300).fill(-2.5), small).predictAll(rows, 2)
    expect(new Set(forecasts)).toEqual(new Set([-2.5]))
  })

  it('constant features in addition to a useful one change nothing', () => {
    const one = uniformRows(300, 1)
    const targets = Float64Array.from(one, x => x * x)
    const three = Float32Array.from({ length: 900 }, (_, i) => (i % 3 === 1 ? one[(i - 1) / 3]! : 5))
    expect(fitTrees(three, 3, targets, small).predictAll(three, 3)).toEqual(
      fitTrees(one, 1, targets, small).predictAll(one, 1),
    )
  })

  it('constant features alone give the median', () => {
    const trees = fitTrees(new Float32Array(9).fill(1), 1, Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 90), {
      ...small,
      leastSamples: 1,
    })
    expect(trees.predict([1])).toBe(5)
  })

  it('rows for one leaf but not for two give the median, of an even number the mean of the middle two', () => {
    const rows = Float32Array.from({ length: 2 * treeDefaults.leastSamples - 1 }, (_, i) => i)
    expect(
      fitTrees(
        rows,
        1,
        Float64Array.from(rows, x => x * x),
      ).predict([3]),
    ).toBe(59 ** 2)
    expect(fitTrees(rows.subarray(0, 4), 1, Float64Array.of(9, 1, 2, 4)).predict([3])).toBe(3)
  })

  it('no leaf has fewer rows than the minimum', () => {
    const rows = Float32Array.from({ length: 30 }, (_, i) => i)
    const targets = Float64Array.from(rows, x => (x < 9 ? -1 : 1))
    const options = { trees: 1, leaves: 30, leastSamples: 10, learningRate: 1 }
    const sizes = new Map<number, number>()
    const forecasts = fitTrees(
      rows,
      1,
      Float64Array.from(targets, (y, i) => y + i / 1e3),
      options,
    ).predictAll(rows, 1)
    for (const forecast of forecasts) sizes.set(forecast, (sizes.get(forecast) ?? 0) + 1)
    expect(Math.min(...sizes.values())).toBeGreaterThanOrEqual(10)
  })

  it('the same input twice gives the same forecasts, and the input is not changed', () => {
    const rows = uniformRows(500, 4)
    const targets = columnOf(rows, 4, ([a, , c]) => a! - c!)
    const [rowsBefore, targetsBefore] = [rows.slice(), targets.slice()]
    const [one, two] = [0, 1].map(() => fitTrees(rows, 4, targets, small).predictAll(rows, 4))
    expect(one).toEqual(two)
    expect([rows, targets]).toEqual([rowsBefore, targetsBefore])
  })

  it('with the same feature twice, the first one is split', () => {
    const rows = uniformRows(400, 1)
    const twice = Float32Array.from({ length: 800 }, (_, i) => rows[i >> 1]!)
    const trees = fitTrees(
      twice,
      2,
      Float64Array.from(rows, x => Math.sqrt(x)),
      small,
    )
    expect(trees.predict([0.9, 0.1])).toBe(trees.predict([0.9, 0.9]))
  })

  it('with one target in ten extremely high, forecasts stay at the median, far from the mean', () => {
    const rng = makeRng(seed)
    const rows = uniformRows(2000, 1)
    const targets = Float64Array.from(rows, (x, i) => (i % 10 === 0 ? 1e6 : x + 0.01 * rng.normal()))
    const trees = fitTrees(rows, 1, targets, { ...small, leastSamples: 60 })
    for (const x of [0.2, 0.5, 0.8]) expect(Math.abs(trees.predict([x]) - x)).toBeLessThan(0.05)
  })

  it('one row and all rows have the same forecast', () => {
    const rows = uniformRows(300, 2)
    const trees = fitTrees(
      rows,
      2,
      columnOf(rows, 2, ([a, b]) => a! + b!),
      small,
    )
    const all = trees.predictAll(rows, 2)
    expect(all).toHaveLength(300)
    for (const at of [0, 150, 299]) expect(trees.predict(rows.subarray(2 * at, 2 * at + 2))).toBe(all[at])
    expect(trees.predictAll(new Float32Array(0), 2)).toHaveLength(0)
  })

  it('invalid training rows are refused with a RangeError that says what was found', () => {
    const rows = uniformRows(4, 2)
    const targets = new Float64Array(4)
    const refusals: [() => unknown, RegExp][] = [
      [() => fitTrees(new Float32Array(0), 2, new Float64Array(0)), /no rows/],
      [() => fitTrees(rows, 0, targets), /width is 0/],
      [() => fitTrees(rows, 3, targets), /8 features for 4 targets/],
      [() => fitTrees(rows, 2, targets.subarray(1)), /8 features for 3 targets/],
      [() => fitTrees(rows.with(5, Number.NaN), 2, targets), /feature 5 is NaN/],
      [() => fitTrees(rows, 2, targets.with(3, Number.POSITIVE_INFINITY)), /target 3 is Infinity/],
    ]
    for (const [refused, message] of refusals) expect(refused).toThrow(expectedError(message))
  })

  it.each([
    { trees: -1 },
    { trees: 1.5 },
    { leaves: 0 },
    { leastSamples: 0 },
    { learningRate: 0 },
    { learningRate: 2 },
    { l2: -1 },
    { l2: Number.NaN },
  ])('option %o is refused with a RangeError that names it', option => {
    const [name] = Object.keys(option)
    expect(() => fitTrees(uniformRows(4, 1), 1, new Float64Array(4), option)).toThrow(
      expectedError(new RegExp(`${name} is `)),
    )
  })

  it('invalid inputs of a forecast are refused with a RangeError', () => {
    const trees = fitTrees(uniformRows(4, 2), 2, new Float64Array(4))
    expect(() => trees.predict([1])).toThrow(expectedError(/1 features, expected 2/))
    expect(() => trees.predict([1, Number.NaN])).toThrow(expectedError(/feature 1 is NaN/))
    expect(() => trees.predictAll(new Float32Array(6), 3)).toThrow(expectedError(/3 features, expected 2/))
    expect(() => trees.predictAll(new Float32Array(5), 2)).toThrow(expectedError(/5 features, expected rows of 2/))
  })
})

interface Reference {
  readonly training: number
  readonly test: number
  readonly targetSum: number
  readonly cases: readonly Case[]
}

interface Case {
  readonly options: TreeOptions
  readonly meanAbsoluteError: number
  readonly forecasts: readonly number[]
}

// Made by reference/boosted-trees.py.
const reference: Reference = JSON.parse(
  readFileSync(new URL('./reference/boosted-trees.json', import.meta.url), 'utf8'),
)

describe('boosted trees compared with HistGradientBoostingRegressor of scikit-learn 1.2.1', () => {
  const uniform = congruential()
  const learned = generated(reference.training, uniform)
  const unseen = generated(reference.test, uniform)

  it('the rows are those of the reference', () => {
    expect(learned.targets.reduce((sum, target) => sum + target)).toBe(reference.targetSum)
  })

  it.each(reference.cases)(
    'with $options the forecasts are within 10⁻⁶ of the reference',
    ({ options, ...expected }) => {
      const forecasts = fitTrees(learned.rows, 6, learned.targets, options).predictAll(unseen.rows, 6)
      // They are stored to nine decimals, and medians of residuals differ in their last bits. Edges of bins are the same
      // here; ties are too, as scikit-learn's rounding happens to leave the first ahead in these cases.
      expect(Math.max(...forecasts.map((forecast, at) => Math.abs(forecast - expected.forecasts[at]!)))).toBeLessThan(
        1e-6,
      )
      expect(meanAbsolute(unseen.targets, forecasts)).toBeCloseTo(expected.meanAbsoluteError, 6)
    },
  )
})

// The generator of boosted-trees.py: Numerical Recipes' modulo 2³².
function congruential(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function generated(count: number, uniform: () => number): { rows: Float32Array; targets: Float64Array } {
  const rows = new Float32Array(6 * count)
  const targets = Float64Array.from({ length: count }, (_, at) => {
    const row = rows.subarray(6 * at, 6 * at + 6)
    for (let feature = 0; feature < 6; feature++) row[feature] = uniform()
    row[4] = Math.floor(8 * row[4]!)
    const [a, b, c, d, e] = row as unknown as [number, number, number, number, number]
    const noise = (uniform() - 0.5) / (uniform() + 0.05)
    return (a > 0.6 ? 2 : 0) + 3 * b * c - d * d + e / 4 + noise
  })
  return { rows, targets }
}

function uniformRows(count: number, width: number): Float32Array {
  const rng = makeRng(seed)
  return Float32Array.from({ length: count * width }, () => rng.uniform())
}

function columnOf(rows: Float32Array, width: number, of: (row: Float32Array) => number): Float64Array {
  return Float64Array.from({ length: rows.length / width }, (_, at) => of(rows.subarray(at * width, (at + 1) * width)))
}

function meanAbsolute(targets: Float64Array, forecasts: Float64Array): number {
  return targets.reduce((sum, target, at) => sum + Math.abs(target - forecasts[at]!), 0) / targets.length
}

function expectedError(message: RegExp): RangeError {
  return expect.objectContaining({ name: 'RangeError', message: expect.stringMatching(message) })
}
