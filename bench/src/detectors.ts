import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { gaussianMixture } from '@candlewatch/core/detectors/gaussian-mixture'
import { isolationForest } from '@candlewatch/core/detectors/isolation-forest'
import { kmeans } from '@candlewatch/core/detectors/kmeans'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { VolatilityScaled } from '@candlewatch/core/features/volatility-scaled'
import type { Detector, Ms } from '@candlewatch/core/types'
import { Command, InvalidArgumentError } from 'commander'

type Vectors = readonly (readonly number[])[]

interface Contestant {
  readonly name: string
  /** The detectors that see each bar, fresh. Add one here. */
  make(): readonly Detector<readonly number[]>[]
}

interface Result {
  readonly name: string
  readonly barsPerSecond: number
}

const single: readonly Contestant[] = [
  { name: 'isolation-forest', make: () => [isolationForest('isolation-forest')] },
  { name: 'kmeans', make: () => [kmeans('kmeans')] },
  { name: 'gaussian-mixture', make: () => [gaussianMixture('gaussian-mixture')] },
]
const contestants: readonly Contestant[] = [
  ...single,
  { name: 'all together', make: () => single.flatMap(({ make }) => make()) },
]

/** A made-up market's bars in units of the volatility around them. */
function vectors(bars: number, width: number): Vectors {
  const minute = 60_000 as Ms
  const from = Date.UTC(2021, 0, 1) as Ms
  // One bar more: the first has no return.
  const { series } = syntheticYear({ from, to: (from + (bars + 1) * minute) as Ms, intervalMs: minute })
  const features = new VolatilityScaled(minute, Array(24).fill(1))
  return series.bars.flatMap(bar => {
    const row = features.learn(bar)
    return row ? [Array.from(row.subarray(0, width))] : []
  })
}

/** Score, then learn, every bar: trainings by the default schedule are part of it, the first ones too. Microseconds a bar. */
function pass(detectors: readonly Detector<readonly number[]>[], rows: Vectors): number {
  const start = performance.now()
  for (const features of rows) {
    for (const detector of detectors) {
      detector.score(features)
      detector.learn(features)
    }
  }
  return ((performance.now() - start) * 1e3) / rows.length
}

interface Split {
  /** Of scoring alone, once trained: microseconds a bar. */
  readonly score: number
  /** Of the one bar that took longest to learn, which is a training. */
  readonly longestMs: number
}

function split(contestant: Contestant, rows: Vectors): Split {
  const detectors = contestant.make()
  let longestMs = 0
  for (const features of rows) {
    const start = performance.now()
    for (const detector of detectors) detector.learn(features)
    longestMs = Math.max(longestMs, performance.now() - start)
  }
  const start = performance.now()
  for (const features of rows) for (const detector of detectors) detector.score(features)
  return { score: ((performance.now() - start) * 1e3) / rows.length, longestMs }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2
}

function row(cells: readonly string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(18) : cell.padStart(14))).join('')
}

function atLeast(least: number): (text: string) => number {
  return text => {
    const found = Number(text)
    if (!Number.isInteger(found) || found < least)
      throw new InvalidArgumentError(`expected a whole number from ${least} on, got "${text}"`)
    return found
  }
}

const program = new Command()
  .name('node bench/dist/detectors.js')
  .description(
    'Bars a second that the detectors score and learn on one core, trainings by the default schedule included.',
  )
  .option('--runs <count>', 'timed runs of each, of which the median counts; at least 5', atLeast(5), 5)
  .option('--bars <count>', 'bars in a run', atLeast(20_000), 500_000)
  .option('--width <count>', 'features of a bar', atLeast(1), 13)
  .option('--json <file>', 'write the table as JSON too')
  .parse()

const { runs, bars, width, json } = program.opts<{ runs: number; bars: number; width: number; json?: string }>()
const rows = vectors(bars, width)
console.log(`Node ${process.version}, ${cpus()[0]?.model}; ${bars} bars of ${width} features; medians of ${runs} runs`)
console.log(row(['', 'bars/s', 'µs a bar', 'scoring µs', 'longest ms']))

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
