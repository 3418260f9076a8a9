import { makeValueSeries, type Sample } from '@candlewatch/core/engine/value-series'
import { averagePrecision } from '@candlewatch/core/eval/detection-curve'
import { makeRng } from '@candlewatch/core/stats/rng'
import { SortedWindow } from '@candlewatch/core/stats/sorted-window'
import { dayMs, minuteMs, weekMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { Command } from 'commander'
import { atLeast } from './figures.ts'

// How well `backtest --series` finds what was put into generated series, beside a robust z-score. What it is tuned on is
// generated too, with other seeds; real labelled series are for others to judge it by.

interface Labelled {
  readonly samples: readonly Sample[]
  readonly isStrange: readonly boolean[]
}

type Rng = ReturnType<typeof makeRng>

/** Changes rows from `at` on and returns how many it changed. */
type Change = (values: number[], at: number, rng: Rng) => number

interface Family {
  readonly name: string
  readonly rows: number
  readonly stepMs: Ms
  readonly strange: number
  readonly changes: readonly Change[]
  value(rng: Rng): (row: number) => number
}

const sign = (rng: Rng) => (rng.uniform() < 0.5 ? -1 : 1)
const between = (rng: Rng, from: number, to: number) => from + (to - from) * rng.uniform()
const wholeBetween = (rng: Rng, from: number, to: number) => Math.floor(between(rng, from, to))
const heavyTailed = (rng: Rng) =>
  rng.normal() / Math.sqrt((rng.normal() ** 2 + rng.normal() ** 2 + rng.normal() ** 2) / 3)

/** Changes `length` rows by what `make` makes of them. */
const changing =
  (length: (rng: Rng) => number, make: (rng: Rng, first: number) => (x: number, i: number) => number): Change =>
  (values, at, rng) => {
    const count = length(rng)
    const of = make(rng, values[at] ?? 0)
    for (let i = 0; i < count; i++) values[at + i] = of(values[at + i] ?? 0, i)
    return count
  }

const families: readonly Family[] = [
  {
    name: 'a machine: daily shape, 5 min',
    rows: 4_032,
    stepMs: (5 * minuteMs) as Ms,
    strange: 2,
    value(rng) {
      const [size, rho] = [between(rng, 10, 30), between(rng, 0.3, 0.9)]
      let noise = 0
      return row => {
        noise = rho * noise + Math.sqrt(1 - rho * rho) * rng.normal()
        return 50 + size * Math.sin((2 * Math.PI * row) / 288) + 3 * noise
      }
    },
    changes: [
      changing(
        rng => wholeBetween(rng, 1, 4),
        rng => {
          const by = sign(rng) * between(rng, 15, 40)
          return x => x + by
        },
      ),
      changing(
        rng => wholeBetween(rng, 60, 260),
        rng => {
          const by = sign(rng) * between(rng, 10, 22)
          return x => x + by
        },
      ),
      changing(
        rng => wholeBetween(rng, 100, 200),
        (_, first) => () => first,
      ),
      changing(
        rng => wholeBetween(rng, 100, 200),
        rng => x => x + 8 * rng.normal(),
      ),
      changing(
        () => 288,
        () => (x, i) => x + (20 * i) / 288,
      ),
    ],
  },
  {
    name: 'a web metric: day, week, bursts, 1 min',
    rows: 12_000,
    stepMs: minuteMs,
    strange: 10,
    value(rng) {
      const [level, size, depth, rho] = [
        between(rng, 100, 1_000),
        between(rng, 0.03, 0.12),
        between(rng, 0.2, 0.5),
        between(rng, 0.5, 0.95),
      ]
      let noise = 0
      return row => {
        noise = rho * noise + Math.sqrt(1 - rho * rho) * heavyTailed(rng)
        const weekend = Math.floor(row / 1_440) % 7 > 4 ? 0.75 : 1
        return level * weekend * (1 - depth * Math.cos((2 * Math.PI * row) / 1_440)) * Math.exp(size * noise)
      }
    },
    changes: (
      [
        [1, 5, 1.6, 3.1],
        [1, 5, 0.2, 0.5],
        [5, 45, 1.35, 1.95],
        [5, 45, 0.4, 0.7],
        [60, 240, 1.3, 1.6],
        [20, 80, 0, 0],
      ] as const
    ).map(([shortest, longest, least, most]) =>
      changing(
        rng => wholeBetween(rng, shortest, longest),
        rng => {
          const times = between(rng, least, most)
          return x => x * times
        },
      ),
    ),
  },
  {
    name: 'a walk that jumps, 5 min',
    rows: 6_000,
    stepMs: (5 * minuteMs) as Ms,
    strange: 4,
    value(rng) {
      let x = 100
      return () => (x += 0.1 * heavyTailed(rng))
    },
    changes: [
      (values, at, rng) => {
        const by = sign(rng) * between(rng, 1, 2.5)
        for (let i = at; i < values.length; i++) values[i] = (values[i] ?? 0) + by
        return 1
      },
    ],
  },
]

const spareRows = 1_500

function seriesOf({ rows, stepMs, strange, changes, value }: Family, seed: number): Labelled {
  const rng = makeRng(seed)
  const valueAt = value(rng)
  const values = Array.from({ length: rows }, (_, row) => valueAt(row))
  const isStrange = values.map(() => false)
  for (let i = 0; i < strange; i++) {
    // One in each part of the series, so that none lies in another.
    const part = (rows - spareRows) / strange
    const at = Math.floor(spareRows / 2 + part * i + between(rng, 0, part / 2))
    const change = changes[wholeBetween(rng, 0, changes.length)]
    isStrange.fill(true, at, at + (change?.(values, at, rng) ?? 0))
  }
  const start = Date.UTC(2021, 0, 1)
  return { samples: values.map((x, row) => ({ ts: (start + row * stepMs) as Ms, value: x })), isStrange }
}

/** |x − median of 60 rows| over the median of such distances in a day. */
function robustZ({ samples }: Labelled, stepMs: Ms): number[] {
  const [level, distances] = [new SortedWindow(60), new SortedWindow(Math.round(dayMs / stepMs))]
  return samples.map(({ value }) => {
    const [median, usual] = [level.median, distances.median]
    const distance = Math.abs(value - (median ?? value))
    level.push(value)
    distances.push(distance)
    return distance / Math.max(usual ?? 1, 1e-9)
  })
}

function precisionOf(scores: readonly number[], { isStrange }: Labelled): number {
  const of = (wanted: boolean) => scores.filter((_, i) => i >= 300 && isStrange[i] === wanted)
  return averagePrecision(of(true), of(false)) ?? 0
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length

function judged(family: Family, count: number) {
  const all = Array.from({ length: count }, (_, i) => seriesOf(family, 9_000 + i))
  const began = performance.now()
  const found = all.map(({ samples }) => {
    const series = makeValueSeries({ budget: { alarmsPerWeek: 3 } })
    return samples.map(sample => series.step(sample))
  })
  const seconds = (performance.now() - began) / 1_000
  const ours = all.map((one, i) =>
    precisionOf(
      (found[i] ?? []).map(({ score }) => score ?? 0),
      one,
    ),
  )
  const theirs = all.map(one => precisionOf(robustZ(one, family.stepMs), one))
  const weeks = (family.rows * family.stepMs) / weekMs
  const perWeek = found.map(verdicts => verdicts.filter(({ isAnomaly }) => isAnomaly).length / weeks)
  return {
    series: family.name,
    'average precision': mean(ours).toFixed(3),
    'robust z': mean(theirs).toFixed(3),
    ratio: (mean(ours) / mean(theirs)).toFixed(2),
    'episodes a week of 3': mean(perWeek).toFixed(2),
    'rows a second': Math.round((count * family.rows) / seconds),
  }
}

await new Command('npm run bench:series --')
  .description('How well generated anomalies in series of numbers are found, beside a robust z-score.')
  .option('--count <number>', 'series of each kind', atLeast(1), 6)
  .action(({ count }: { readonly count: number }) => console.table(families.map(family => judged(family, count))))
  .parseAsync()
