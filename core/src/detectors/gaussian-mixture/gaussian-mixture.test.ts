import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { makeRng } from '../../stats/rng.ts'
import { rowsOf } from '../../stats/rows.ts'
import { detectorContract } from '../contract.suite.ts'
import { bicOf, fitMixture, improve } from './fit.ts'
import { gaussianMixture, surpriseOf } from './gaussian-mixture.ts'
import { logLikelihood, type Mixture } from './mixture.ts'

const rng = makeRng(7)
const ordinary = Array.from({ length: 400 }, () => Array.from({ length: 6 }, () => rng.normal()))
const often = { windowRows: 300, refitRows: 70, firstRows: 60 }
const search = { kMax: 6, ridge: 1e-6, tolerance: 1e-6, maxIterations: 200, seed: 1 }

interface Fit {
  readonly rows: number[][]
  readonly fitted: Mixture
  readonly meanLogLikelihood: number
  readonly bic: number
}

interface Reference {
  readonly ridge: number
  readonly start: Mixture
  readonly apart: Fit
  readonly overlapping: Fit
  readonly bestComponents: number
  readonly points: number[][]
  readonly logLikelihoods: number[]
}
const reference: Reference = JSON.parse(
  readFileSync(new URL('../reference/gaussian-mixture.json', import.meta.url), 'utf8'),
)
const standard: Mixture = {
  weights: [1],
  means: [Array(6).fill(0)],
  covariances: [Array.from({ length: 6 }, (_, i) => Array.from({ length: 6 }, (_, j) => Number(i === j)))],
}

const contract = { ordinary, flat: [0, 0, 0, 0, 0, 0], extreme: [1e4, -1e4, 1e4, 1e4, -1e4, 1e4] }
detectorContract('gaussian mixture', { make: () => gaussianMixture('gaussian-mixture', often), ...contract })

const furthestApart = (ours: readonly number[], theirs: readonly number[]) =>
  Math.max(...ours.map((x, i) => Math.abs(x - (theirs[i] as number))))

describe('gaussian mixture, compared with scikit-learn', () => {
  it.each(['apart', 'overlapping'] as const)(
    'clusters that are %s lead from the same start to the same mixture',
    name => {
      const { fitted: theirs, meanLogLikelihood, bic, ...given } = reference[name]
      const rows = rowsOf(given.rows)
      const ours = improve(rows, reference.start, { ridge: reference.ridge, tolerance: 1e-12, maxIterations: 20_000 })
      expect(furthestApart(ours.weights, theirs.weights)).toBeLessThan(1e-4)
      expect(furthestApart(ours.means.flat(), theirs.means.flat())).toBeLessThan(1e-4)
      expect(furthestApart(ours.covariances.flat(2), theirs.covariances.flat(2))).toBeLessThan(1e-4)
      const mean = given.rows.reduce((sum, row) => sum + logLikelihood(ours, row), 0) / rows.count
      expect(Math.abs(mean - meanLogLikelihood)).toBeLessThan(1e-4)
      expect(Math.abs(bicOf(ours, rows) / bic - 1)).toBeLessThan(1e-6)
    },
  )

  it('the same log-likelihoods under the same parameters, near and far', () => {
    const ours = reference.points.map(point => logLikelihood(reference.apart.fitted, point))
    expect(furthestApart(ours, reference.logLikelihoods)).toBeLessThan(1e-6)
  })

  it('BIC chooses the same number of components', () => {
    const rows = rowsOf(reference.apart.rows)
    expect(reference.bestComponents).toBe(3)
    for (let seed = 1; seed <= 5; seed++) {
      expect(fitMixture(rows, { ...search, seed }).weights.length, `seed ${seed}`).toBe(3)
    }
  })
})

describe('gaussian mixture', () => {
  it('one standard normal in six dimensions, by hand: 3 log 2π at its mean, half a squared distance more elsewhere', () => {
    const score = surpriseOf(standard)
    expect(score([0, 0, 0, 0, 0, 0])).toBeCloseTo(3 * Math.log(2 * Math.PI), 12)
    expect(score([3, 4, 0, 0, 0, 0])).toBeCloseTo(3 * Math.log(2 * Math.PI) + 12.5, 12)
  })

  it('an impossible mixture is refused with ERR_MODEL_SHAPE', () => {
    const singular: Mixture = {
      weights: [1],
      means: [[0, 0]],
      covariances: [
        [
          [1, 1],
          [1, 1],
        ],
      ],
    }
    const narrow: Mixture = { weights: [1], means: [[0, 0]], covariances: [[[1]]] }
    for (const mixture of [singular, narrow, { weights: [], means: [], covariances: [] }]) {
      expect(() => surpriseOf(mixture)).toThrow(expect.objectContaining({ code: 'ERR_MODEL_SHAPE' }))
    }
  })

  it('survives fewer rows than components, duplicates, and features that are one another', () => {
    const one = rowsOf([[1, 2]])
    const alike = rowsOf(Array.from({ length: 50 }, () => [1, 2, 3]))
    const dependent = rowsOf(ordinary.map(([x = 0, y = 0]) => [x, 2 * x, y, x + y, 5]))
    for (const rows of [one, alike, dependent]) {
      const mixture = fitMixture(rows, search)
      const scores = Array.from({ length: rows.count }, (_, i) =>
        logLikelihood(mixture, [...rows.values.subarray(i * rows.width, (i + 1) * rows.width)]),
      )
      expect(scores.every(Number.isFinite)).toBe(true)
    }
    expect(fitMixture(alike, search).weights.length).toBe(1)
  })

  it('a jump after thousands of flat bars has a finite, higher score, and the components are found again afterwards', () => {
    const detector = gaussianMixture('gaussian-mixture', often)
    for (let i = 0; i < 5_000; i++) detector.learn([0, 0])
    const flat = detector.score([0, 0]) as number
    const jump = detector.score([1, 0]) as number
    expect(Number.isFinite(jump)).toBe(true)
    expect(jump).toBeGreaterThan(flat)
    for (let i = 0; i < 700; i++) detector.learn([i % 2 ? 5 : -5, rng.normal()])
    expect(detector.score([0, 0]) as number).toBeGreaterThan((detector.score([5, 0]) as number) + 10)
  })

  it('one bad tick before the first training leaves ordinary scores as they were', () => {
    const scores = [ordinary, [...ordinary.slice(0, 30), contract.extreme, ...ordinary.slice(31)]].map(past => {
      const detector = gaussianMixture('gaussian-mixture', { ...often, firstRows: 300 })
      for (const features of past.slice(0, 300)) detector.learn(features)
      return ordinary.slice(300).map(features => detector.score(features) as number)
    }) as [number[], number[]]
    // Learned as it stands the tick would make its features 600 times as wide: 6 nats each.
    const [clean, ticked] = scores.map(each => each.reduce((a, b) => a + b, 0) / each.length) as [number, number]
    expect(Math.abs(ticked - clean)).toBeLessThan(0.5)
  })

  it('numbers near the largest there are still have a finite score', () => {
    expect(Number.isFinite(surpriseOf(standard)([1e300, -1e300, 1e300, 0, 0, 0]))).toBe(true)
  })
})
