import { setImmediate } from 'node:timers/promises'
import { EpisodeTracker } from '@candlewatch/core/decide/episodes'
import { makePipeline, warmUpBars } from '@candlewatch/core/engine/pipeline'
import { run } from '@candlewatch/core/engine/run'
import { CandlewatchError } from '@candlewatch/core/errors'
import {
  type Baseline,
  lastClose,
  lastHighLow,
  MoveEwma,
  scaledMove,
  trailingMedian,
} from '@candlewatch/core/eval/baselines'
import type { Model } from '@candlewatch/core/forecast/artifact'
import { fitNaive, type NaiveParameters } from '@candlewatch/core/forecast/naive'
import { isoDate } from '@candlewatch/core/interval'
import { openOf } from '@candlewatch/core/time'
import type { Bar, PriceOutcome, Series, Skill, Step, Verdict } from '@candlewatch/core/types'
import type { Range } from '../series/series.ts'

/** The high or the low of one bar: its actual value, the forecast range, and what each forecaster expected, keyed by its id. */
export interface PriceRow {
  readonly actual: number
  readonly lower: number
  readonly upper: number
  /** In quote currency. `engine` is the forecast that was used: the model's median or, if the skill gate was closed, the naive forecast. */
  readonly expected: Readonly<Record<string, number>>
}

/** A row with its forecasts and what happened. */
export interface JudgedRow {
  readonly openMs: number
  /** The forecaster that was the driver. */
  readonly by: Skill['by']
  readonly high: PriceRow
  readonly low: PriceRow
}

/** The options of a run over a range. */
export interface JudgeOptions {
  /** The alarm budget; 1 by default. */
  readonly alarmsPerWeek?: number
  readonly onProgress?: (done: number, total: number) => void
}

/** The result of running the engine over a range. */
export interface Judged {
  readonly rows: readonly JudgedRow[]
  /** The verdict of every row in the range, with or without a forecast. */
  readonly verdicts: readonly Verdict[]
  /** The number of rows in the range without a forecast: after a gap, or without enough history. */
  readonly unjudged: number
}

// Enough to fit one parameter a side. With fewer rows before the range, the scaled-move forecaster is left out.
const leastSamples = 100

/**
 * Runs the engine and the naive forecasters over the range, warmed up on the rows before it.
 * Throws ERR_RANGE_EMPTY when the range holds no row and ERR_CSV_EMPTY when none of its rows had a forecast.
 */
export async function judgeRows(
  { bars, intervalMs, market, name }: Series,
  model: Model,
  range: Range,
  { alarmsPerWeek = 1, onProgress = () => {} }: JudgeOptions = {},
): Promise<Judged> {
  const opens = (bar: Bar) => openOf(bar, intervalMs)
  const before = bars.filter(bar => opens(bar) < range.from)
  const judged = bars.filter(bar => opens(bar) >= range.from && opens(bar) < range.to)
  if (judged.length === 0) throw emptyRange(name, bars.map(opens), range)
  const pipeline = makePipeline({ market, intervalMs, alarmsPerWeek }, model)
  const baselines = makeBaselines(fitMoves(before))
  for (const bar of before.slice(-warmUpBars)) {
    pipeline.warmUp(bar)
    for (const baseline of Object.values(baselines)) baseline.learn(bar)
  }
  const rows: JudgedRow[] = []
  const verdicts: Verdict[] = []
  let done = 0
  const judge = { pipeline, episodes: new EpisodeTracker() }
  await run(judged, judge, {
    async write(steps: readonly Step[]) {
      for (const { bar, verdict } of steps) {
        const row = rowOf(opens(bar), verdict, baselines)
        if (row) rows.push(row)
        verdicts.push(verdict)
        for (const baseline of Object.values(baselines)) baseline.learn(bar)
      }
      done += steps.length
      onProgress(done, judged.length)
      // Gives Ctrl-C and the progress bar a turn between two batches.
      await setImmediate()
    },
  })
  if (rows.length === 0) {
    const message = `${name}: expected enough rows for a first forecast, found ${judged.length} in the range and ${before.length} before it. Give more rows.`
    throw new CandlewatchError('ERR_CSV_EMPTY', message)
  }
  return { rows, verdicts, unjudged: judged.length - rows.length }
}

type Baselines = Readonly<Record<string, Baseline>>

function makeBaselines(k: NaiveParameters | null): Baselines {
  return {
    ...(k && { scaledMove: scaledMove(k) }),
    trailingMedian: trailingMedian(),
    lastHighLow: lastHighLow(),
    lastClose: lastClose(),
  }
}

/** Fits the k of each side on the rows before the range; null if there are too few. */
export function fitMoves(before: readonly Bar[]): NaiveParameters | null {
  const moves = new MoveEwma()
  const samples = before.flatMap(next => {
    const now = moves.now
    moves.learn(next)
    return now ? [{ ...now, next }] : []
  })
  if (samples.length < leastSamples) return null
  const fitted = (side: 'up' | 'down') =>
    fitNaive(samples.map(sample => ({ ...sample, fastRange: sample[side] })))[side]
  return { up: fitted('up'), down: fitted('down') }
}

function rowOf(openMs: number, { high, low, skill }: Verdict, baselines: Baselines): JudgedRow | null {
  if (high === null || low === null || skill === null) return null
  return { openMs, by: skill.by, high: priceRow('high', high, baselines), low: priceRow('low', low, baselines) }
}

function priceRow(price: 'high' | 'low', outcome: PriceOutcome, baselines: Baselines): PriceRow {
  const { actual, lower, upper, expected: engine, model, baseline: naive } = outcome
  const expected: Record<string, number> = { engine, model, naive }
  for (const [id, baseline] of Object.entries(baselines)) {
    const point = baseline.expected()
    if (point !== null) expected[id] = point[price]
  }
  return { actual, lower, upper, expected }
}

/** Makes the error of a range without rows: it names the rows that there are. */
export function emptyRange(name: string, opens: readonly number[], { from, to }: Range): CandlewatchError {
  const [first, last] = [opens[0], opens.at(-1)].map(open => (open === undefined ? '–' : isoDate(open)))
  const until = to === Number.POSITIVE_INFINITY ? 'on' : `to ${isoDate(to)}`
  return new CandlewatchError(
    'ERR_RANGE_EMPTY',
    `${name}: expected rows from ${isoDate(from)} ${until}, found none: it holds ${first} to ${last}. Set --from and --to, or give another file.`,
  )
}
