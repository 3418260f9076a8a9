import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { type Observation, observationOf } from '@candlewatch/core/detectors/observation'
import { makeDetectors } from '@candlewatch/core/detectors/registry'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { VolatilityScaled } from '@candlewatch/core/features/volatility-scaled'
import { hourMs, minuteMs } from '@candlewatch/core/time'
import type { Detector, Ms, ScaledForecast } from '@candlewatch/core/types'
import { Command } from 'commander'
import { atLeast, median } from './figures.ts'

type Lineup = readonly Detector<Observation>[]

interface Contestant {
  readonly name: string
  /** Makes new detectors, which then see each bar. */
  make(): Lineup
}

interface Result {
  readonly name: string
  readonly barsPerSecond: number
}

const unlearned = { residualOverScale: 0.5, residual: [] }
const calibration = { model: unlearned, naive: unlearned }
const lineup = () => makeDetectors(calibration, hourMs)
const contestants: readonly Contestant[] = [
  ...lineup().map(({ id }) => ({ name: id, make: () => lineup().filter(detector => detector.id === id) })),
  { name: 'all together', make: lineup },
]

/** Stands in for a forecast, in units of the volatility scale, so that forecasting takes no time. */
const quantiles: ScaledForecast = {
  up: [0, 0.05, 0.25, 0.4, 0.7, 1.2, 2],
  down: [0, 0.05, 0.25, 0.4, 0.7, 1.2, 2],
  close: [-2, -1, -0.3, 0, 0.3, 1, 2],
  range: [0.2, 0.4, 0.6, 0.9, 1.2, 2, 3],
  volume: [-2, -1, -0.3, 0, 0.3, 1, 2],
}

/** Makes the bars of a synthetic market, each with what was known before it. */
function watchedBars(count: number): Observation[] {
  const from = Date.UTC(2021, 0, 1) as Ms
  // One bar more: the first has nothing before it.
  const { series } = syntheticYear({ from, to: (from + (count + 1) * minuteMs) as Ms, intervalMs: minuteMs })
  const features = new VolatilityScaled(minuteMs, Array(24).fill(1))
  return series.bars.flatMap((bar, i) => {
    const close = series.bars[i - 1]?.close
    const { scale, usualVolume } = features
    features.learn(bar)
    if (close === undefined || scale === null || usualVolume === null) return []
    const expected = {
      high: { expected: close * Math.exp(0.4 * scale) },
      low: { expected: close * Math.exp(-0.4 * scale) },
    }
    const standing = { close, scale, rangeScale: scale, usualVolume, isOpening: false }
    return [observationOf(bar, { intervalMs: minuteMs, standing, quantiles, model: expected, naive: expected })]
  })
}

/** Scores and then learns every bar, with trainings by the default schedule. Returns microseconds per bar. */
function pass(detectors: Lineup, bars: readonly Observation[]): number {
  const start = performance.now()
  for (const bar of bars) {
    for (const detector of detectors) {
      detector.score(bar)
      detector.learn(bar)
    }
  }
  return ((performance.now() - start) * 1e3) / bars.length
}

interface Split {
  /** Microseconds per bar for scoring alone, once trained. */
  readonly score: number
  /** The bar that took longest to learn, which is a training. */
  readonly longestMs: number
}

function split(contestant: Contestant, bars: readonly Observation[]): Split {
  const detectors = contestant.make()
  let longestMs = 0
  for (const bar of bars) {
    const start = performance.now()
    for (const detector of detectors) detector.learn(bar)
    longestMs = Math.max(longestMs, performance.now() - start)
  }
  const start = performance.now()
  for (const bar of bars) for (const detector of detectors) detector.score(bar)
  return { score: ((performance.now() - start) * 1e3) / bars.length, longestMs }
}

function row(cells: readonly string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(18) : cell.padStart(14))).join('')
}

const program = new Command()
  .name('node bench/dist/detectors.js')
  .description('Measures how many bars per second the detectors score and learn on one core, trainings included.')
  .option('--runs <count>', 'timed runs of each detector; the median counts; at least 5', atLeast(5), 5)
  .option('--bars <count>', 'bars per run', atLeast(20_000), 200_000)
  .option('--json <file>', 'also write the table as JSON')
  .parse()

const { runs, bars, json } = program.opts<{ runs: number; bars: number; json?: string }>()
const rows = watchedBars(bars)
console.log(`Node ${process.version}, ${cpus()[0]?.model}; ${bars} bars; medians of ${runs} runs`)
console.log(row(['', 'bars/s', 'µs/bar', 'scoring µs', 'longest ms']))

const results: Result[] = []
for (const contestant of contestants) {
  // The compilers' warm-up, which is not of interest.
  pass(contestant.make(), rows.slice(0, 10_000))
  const total = median(Array.from({ length: runs }, () => pass(contestant.make(), rows)))
  const { score, longestMs } = split(contestant, rows)
  const barsPerSecond = Math.round(1e6 / total)
  results.push({ name: contestant.name, barsPerSecond })
  console.log(
    row([
      contestant.name,
      barsPerSecond.toLocaleString('en'),
      total.toFixed(2),
      score.toFixed(2),
      longestMs.toFixed(1),
    ]),
  )
}
if (json) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`)
