import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { makeRng } from '../../stats/rng.ts'
import { rowsOf } from '../../stats/rows.ts'
import { detectorContract } from '../contract.suite.ts'
import { fitForest } from './grow.ts'
import { isolationForest } from './isolation-forest.ts'
import { averagePathLength, type Forest, isolation } from './trees.ts'

const rng = makeRng(7)
const ordinary = Array.from({ length: 400 }, () => Array.from({ length: 6 }, () => rng.normal()))
const often = { windowRows: 300, refitRows: 70, firstRows: 60 }

detectorContract('isolation forest', {
  make: () => isolationForest('isolation-forest', often),
  ordinary,
  flat: [0, 0, 0, 0, 0, 0],
  extreme: [1e4, -1e4, 1e4, 1e4, -1e4, 1e4],
})

interface Reference {
  readonly rows: number[][]
  readonly planted: number[]
  readonly trees: number
  readonly sampleRows: number
  readonly scores: number[]
  readonly aucBySeed: number[]
}
const reference: Reference = JSON.parse(
  readFileSync(new URL('../reference/isolation-forest.json', import.meta.url), 'utf8'),
)
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

describe('isolation forest', () => {
  it('c(n) is that of the paper: 0, 1, then 2 H(n − 1) − 2 (n − 1) / n', () => {
    const [one, two, three, sample] = [1, 2, 3, 256].map(averagePathLength)
    expect([one, two]).toEqual([0, 1])
    // H(i) is ln(i) plus Euler's constant in the paper, 0.5772156649.
    expect(three).toBeCloseTo(2 * (Math.LN2 + 0.5772156649) - 4 / 3, 9)
    expect(sample).toBeCloseTo(10.24477092, 8)
  })

  it('a tree made by hand: x > 10 is alone after one split, x in 5 to 10 shares a leaf with 3 after two', () => {
    const forest: Forest = {
      trees: 1,
      sampleRows: 8,
      height: 2,
      twins: [],
      attributes: Uint16Array.from({ length: 12 }),
      // Root at 10, its left child at 5; the three trees after it only fill up the lanes.
      thresholds: Float64Array.of(10, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
      pathLengths: Float64Array.of(2 + averagePathLength(4), 2 + averagePathLength(3), 1, 1, ...Array(12).fill(0)),
    }
    const c8 = 2 * (Math.log(7) + 0.5772156649015329) - 14 / 8
    expect(isolation(forest, [11])).toBe(2 ** (-1 / c8))
    expect(isolation(forest, [7])).toBe(2 ** (-(2 + averagePathLength(3)) / c8))
    // A threshold itself belongs to the left.
    expect(isolation(forest, [5])).toBe(2 ** (-(2 + averagePathLength(4)) / c8))
  })

  it('orders rows as scikit-learn does: rank correlation of at least .95', () => {
    const { trees, sampleRows, rows, scores } = reference
    const forest = fitForest(rowsOf(rows), { trees, sampleRows, seed: 1 })
    const ours = rows.map(row => isolation(forest, row))
    // Other random splits, the same mean: at a thousand trees the mean path length is known to a hundredth of itself.
    expect(correlation(ranks(ours), ranks(scores))).toBeGreaterThan(0.95)
    expect(Math.abs(mean(ours) - mean(scores))).toBeLessThan(0.01)
  })

  it('finds planted outliers as well as scikit-learn, to .01 of the area under the ROC curve', () => {
    const { trees, sampleRows, rows, planted, aucBySeed } = reference
    const aucs = [1, 2, 3, 4, 5].map(seed => {
      const forest = fitForest(rowsOf(rows), { trees, sampleRows, seed })
      return auc(
        rows.map(row => isolation(forest, row)),
        planted,
      )
    })
    // Five seeds each: scikit-learn's own differ by .002 to .003 from seed to seed.
    expect(Math.abs(mean(aucs) - mean(aucBySeed))).toBeLessThan(0.01)
  })

  it('after thousands of flat bars one of many scores .5, and anything else is alone after one split', () => {
    const detector = isolationForest('isolation-forest')
    for (let i = 0; i < 5_000; i++) detector.learn([0, 0, 0])
    expect(detector.score([0, 0, 0])).toBeCloseTo(0.5, 12)
    expect(detector.score([0, 1e-9, 0])).toBeCloseTo(2 ** (-1 / averagePathLength(256)), 12)
  })

  it('saving and loading keeps duplicates in the leaves', () => {
    const detector = isolationForest('isolation-forest')
    for (let i = 0; i < 600; i++) detector.learn(i % 5 ? [0, 0] : [rng.normal(), rng.normal()])
    const other = isolationForest('isolation-forest')
    other.load(detector.save())
    for (const point of [
      [0, 0],
      [1, 0],
      [3, 3],
    ])
      expect(other.score(point)).toBe(detector.score(point))
  })

  it('a number of trees that is not a multiple of four is used as it is', () => {
    const rows = rowsOf(ordinary)
    const forest = fitForest(rows, { trees: 5, sampleRows: 256, seed: 1 })
    const scores = ordinary.map(features => isolation(forest, features))
    // The mean over a normal cloud lies near .45; three empty trees counted in would lift it to .6.
    expect(mean(scores)).toBeGreaterThan(0.4)
    expect(mean(scores)).toBeLessThan(0.5)
  })
})

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number))
  const ranked: number[] = Array(values.length)
  order.forEach((i, rank) => {
    ranked[i] = rank
  })
  return ranked
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)]
  const product = (x: readonly number[], meanX: number, y: readonly number[], meanY: number) =>
    x.reduce((sum, value, i) => sum + (value - meanX) * ((y[i] as number) - meanY), 0)
  return product(a, meanA, b, meanB) / Math.sqrt(product(a, meanA, a, meanA) * product(b, meanB, b, meanB))
}

/** The share of pairs, one planted and one not, in which the planted one scores higher. */
function auc(scores: readonly number[], planted: readonly number[]): number {
  const [positive, negative] = [1, 0].map(kind => scores.filter((_, i) => planted[i] === kind)) as [number[], number[]]
  return mean(positive.map(high => mean(negative.map(low => Number(high > low)))))
}
