import { describe, expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import type { Ms } from '../types.ts'
import { makeValueSeries, type Sample, type ValueSeries, warmUpRows } from './value-series.ts'

const fiveMinutesMs = 300_000
const rowsPerDay = 288
const start = Date.UTC(2014, 3, 1)

const samples = (values: readonly number[], stepMs = fiveMinutesMs): Sample[] =>
  values.map((value, i) => ({ ts: (start + i * stepMs) as Ms, value }))

const verdicts = (rows: readonly Sample[], alarmsPerRow = 0.0005) => {
  const series = makeValueSeries({ budget: { alarmsPerRow } })
  return rows.map(row => series.step(row))
}

/** Rows of episodes. */
const alarmsOf = (values: readonly number[]) =>
  verdicts(samples(values)).flatMap(({ status }, i) => (status === 'anomaly' ? [i] : []))

const numbers = (count: number, of: (i: number, normal: () => number) => number, seed = 1) => {
  const rng = makeRng(seed)
  return Array.from({ length: count }, (_, i) => of(i, () => rng.normal()))
}

const sine = (count: number, seed = 1) =>
  numbers(count, (i, normal) => 50 + 20 * Math.sin((2 * Math.PI * i) / rowsPerDay) + normal(), seed)

/** Low at night, high by day, as a machine that people use. */
const daytime = (count: number, seed = 1) =>
  numbers(count, (i, normal) => (i % rowsPerDay > 108 && i % rowsPerDay < 216 ? 80 : 20) + normal(), seed)

/** The number of ten seeds with an alarm within [from, to), and the alarms elsewhere after the warm-up, in episodes of 72 rows. */
function found(make: (seed: number) => number[], from: number, to: number) {
  let hits = 0
  let others = 0
  for (let seed = 1; seed <= 10; seed++) {
    const alarms = alarmsOf(make(seed))
    if (alarms.some(i => i >= from && i < to)) hits++
    const outside = alarms.filter(i => i < from || i >= to + 72)
    others += outside.filter((i, at) => at === 0 || i - outside[at - 1]! > 72).length
  }
  return { hits, others }
}

function changed(values: number[], from: number, to: number, change: (x: number) => number): number[] {
  return values.map((x, i) => (i >= from && i < to ? change(x) : x))
}

describe('what ordinary series hold, ten seeds each, 4,032 rows', () => {
  it.each([
    ['a sine with noise and a spike', (s: number) => changed(sine(4_032, s), 3_000, 3_001, x => x + 25), 3_000, 3_002],
    [
      'noise whose level shifts by four deviations',
      (s: number) =>
        changed(
          numbers(4_032, (_, n) => n(), s),
          3_000,
          4_032,
          x => x + 4,
        ),
      3_000,
      3_050,
    ],
    [
      'a sine that goes flat for half a day',
      (s: number) => changed(sine(4_032, s), 3_000, 3_144, () => 50),
      3_000,
      3_144,
    ],
    [
      'a day that stays low',
      (s: number) => changed(daytime(4_032, s), 2_880, 3_168, x => (x > 50 ? x - 60 : x)),
      2_880,
      3_168,
    ],
    [
      'a day that is higher than others',
      (s: number) => changed(daytime(4_032, s), 2_880, 3_168, x => (x > 50 ? x + 40 : x)),
      2_880,
      3_168,
    ],
    [
      'a level that creeps away over a day',
      (s: number) => numbers(4_032, (i, n) => n() + Math.max(0, Math.min(288, i - 3_000)) / 40, s),
      3_000,
      3_288,
    ],
    [
      'noise that grows threefold',
      (s: number) =>
        changed(
          numbers(4_032, (_, n) => n(), s),
          3_000,
          3_200,
          x => 3 * x,
        ),
      3_000,
      3_200,
    ],
  ] as const)('%s is found with every seed, with few alarms elsewhere', (_, make, from, to) => {
    const { hits, others } = found(make, from, to)
    expect(hits).toBe(10)
    // The budget is two in 4,032 rows, and one is due from the first row on: thirty in ten runs.
    expect(others).toBeLessThanOrEqual(30)
  })
})

describe('alarms', () => {
  it('one row of an episode alarms, its first; the status tells the others', () => {
    const rows = samples(changed(sine(4_032), 3_000, 3_040, x => x + 60))
    const found = verdicts(rows)
    const [alarming, first] = [
      (i: number) => found[i]?.status === 'anomaly',
      (i: number) => found[i]?.isAnomaly === true,
    ]
    const begins = (i: number) =>
      alarming(i) && !found.slice(Math.max(0, i - 72), i).some((_, at) => alarming(i - 72 + at))
    const at = found.map((_, i) => i).filter(i => i >= 72)
    expect(at.filter(i => i >= 3_000 && i < 3_040).filter(alarming).length).toBeGreaterThan(5)
    expect(at.filter(first)).toEqual(at.filter(begins))
  })

  it('with a level, ordinary noise spends no budget and a spike still alarms', () => {
    const rows = samples(changed(sine(4_032), 3_000, 3_001, x => x + 60))
    const found = (level?: number) => {
      const series = makeValueSeries({ budget: { alarmsPerRow: 0.002 }, level })
      return rows.flatMap((row, i) => (series.step(row).isAnomaly ? [i] : []))
    }
    expect(found().length).toBeGreaterThan(3)
    expect(found(6)).toEqual([3_000])
  })
})

describe('online', () => {
  it('the first rows are judged the same when later ones are cut off', () => {
    const rows = samples(sine(1_200))
    for (const count of [149, 151, 700]) expect(verdicts(rows.slice(0, count))).toEqual(verdicts(rows).slice(0, count))
  })

  it('warms up for 150 rows, says so, and then always has a score', () => {
    const statuses = verdicts(samples(sine(400))).map(verdict => verdict.status)
    expect(statuses.indexOf('normal')).toBe(warmUpRows)
    expect(statuses.lastIndexOf('warming-up')).toBe(warmUpRows - 1)
  })

  it('a week of a daily pattern raises no alarm when the previous week becomes known', () => {
    const week = 7 * rowsPerDay
    for (let seed = 1; seed <= 30; seed++) {
      expect(alarmsOf(daytime(week + 60, seed)).filter(i => i >= week && i < week + 20)).toEqual([])
    }
  })

  it('the absence of an anomaly of yesterday is not an anomaly today', () => {
    const alarms = alarmsOf(changed(daytime(4_032), 2_000, 2_003, () => 300))
    expect(alarms.some(i => i >= 2_000 && i < 2_003)).toBe(true)
    expect(alarms.filter(i => i >= 2_000 + rowsPerDay && i < 2_003 + rowsPerDay)).toEqual([])
  })
})

describe('inputs that break other detectors', () => {
  it('a constant is judged to the end, with finite scores and without an alarm', () => {
    for (const constant of [0, -7, 1e12]) {
      const found = verdicts(samples(numbers(1_000, () => constant)))
      expect(found.some(verdict => verdict.isAnomaly)).toBe(false)
      expect(found.slice(warmUpRows).every(({ score, pValue }) => score === 0 && pValue === 1)).toBe(true)
    }
  })

  it.each([0.01, 1, 1e9])('a jump of %f from a flat 100 is found with a finite score', change => {
    const found = verdicts(
      samples(
        changed(
          numbers(600, () => 100),
          500,
          600,
          x => x + change,
        ),
      ),
    )
    expect(found.findIndex(verdict => verdict.isAnomaly)).toBe(500)
    expect(found.slice(warmUpRows).every(verdict => Number.isFinite(verdict.score))).toBe(true)
  })

  it('gaps, a clock that goes back, and rows of one moment are judged row by row', () => {
    const rows = samples(sine(1_000)).filter((_, i) => i < 400 || i > 500)
    const odd = [...rows.slice(0, 600), rows[590]!, rows[599]!, ...rows.slice(600)]
    expect(
      verdicts(odd)
        .slice(warmUpRows)
        .every(({ score }) => Number.isFinite(score)),
    ).toBe(true)
  })

  it('a budget of 0 never alarms; a week is translated by the spacing of the rows', () => {
    const rows = samples(changed(sine(3_000), 2_000, 2_001, x => x + 50))
    expect(verdicts(rows, 0).some(verdict => verdict.isAnomaly)).toBe(false)
    const weekly = makeValueSeries({ budget: { alarmsPerWeek: 0.0005 * 7 * rowsPerDay } })
    expect(rows.map(row => weekly.step(row))).toEqual(verdicts(rows))
  })
})

describe('save and load', () => {
  it('restored anywhere, with gaps, before and after the warm-up, it gives the same results to the last bit', () => {
    const rng = makeRng(7)
    const newSeries = () => makeValueSeries({ budget: { alarmsPerRow: 0.001 } })
    const rows = samples(changed(daytime(3_400), 2_500, 2_600, x => x + 30)).filter((_, i) => i < 900 || i > 1_000)
    for (const at of [
      0,
      1,
      19,
      75,
      149,
      150,
      151,
      ...Array.from({ length: 6 }, () => Math.floor(3_200 * rng.uniform())),
    ]) {
      const [whole, second] = [newSeries(), newSeries()]
      for (const row of rows.slice(0, at)) whole.step(row)
      second.load(whole.save())
      const follow = (series: ValueSeries) => JSON.stringify(rows.slice(at).map(row => series.step(row)))
      expect(follow(second) === follow(whole), `rows after ${at}`).toBe(true)
      expect(second.save().join() === whole.save().join(), `state after ${at}`).toBe(true)
    }
  })
})

describe('what lasts', () => {
  it('the second half of a day and a half that is too high is rarer than all but one in twenty of other rows', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const rows = changed(sine(6_000, seed), 4_000, 4_432, x => x + 40)
      const scores = verdicts(samples(rows)).map(({ score }) => score ?? 0)
      const before = scores.slice(warmUpRows, 4_000).sort((a, b) => a - b)
      const second = scores.slice(4_216, 4_432).sort((a, b) => a - b)
      expect(second[108]).toBeGreaterThan(before[Math.floor(0.95 * before.length)]!)
      // Two days later it is forgotten.
      const after = scores.slice(5_008, 5_296).sort((a, b) => a - b)
      expect(after[144]).toBeLessThan(before[Math.floor(0.95 * before.length)]!)
    }
  })

  it('a budget of one alarm a week gives one a week in a year of hourly noise of five kinds', () => {
    const kinds = [0, 0.5, 0.8, 0.95, 1]
    for (const [seed, rho] of kinds.entries()) {
      let x = 0
      const values = numbers(8_900, (_, normal) => (x = rho * x + normal()), 40 + seed)
      const series = makeValueSeries({ budget: { alarmsPerWeek: 1 } })
      const episodes = samples(values, 3_600_000).filter(row => series.step(row).isAnomaly).length
      expect(episodes / (8_750 / 168), `rho ${rho}`).toBeGreaterThan(0.8)
      expect(episodes / (8_750 / 168), `rho ${rho}`).toBeLessThan(1.25)
    }
  })
})
