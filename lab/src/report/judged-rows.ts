import { setImmediate } from 'node:timers/promises'
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
import type { Bar, PriceOutcome, Series, Skill, Step, Verdict } from '@candlewatch/core/types'

/** One price of one bar: what came, the range that was said, and what each forecaster expected, by its id. */
export interface PriceRow {
  readonly actual: number
  readonly lower: number
  readonly upper: number
  /** Quote currency. `engine` is what was said: the model's median or, when the skill gate closed, the naive forecast. */
  readonly expected: Readonly<Record<string, number>>
}

export interface JudgedRow {
  readonly openMs: number
  /** Who drove detection. */
  readonly by: Skill['by']
  readonly high: PriceRow
  readonly low: PriceRow
}

/** Rows that open from `from` on and before `to`, epoch ms. */
export interface Range {
  readonly from: number
  readonly to: number
}

export interface Judged {
  readonly rows: readonly JudgedRow[]
  /** What the engine said of every row in the range, those without a forecast too. */
  readonly verdicts: readonly Verdict[]
  /** Rows in the range that had no forecast: after a gap, or without enough past. */
  readonly unjudged: number
}

// One parameter a side needs no more; with fewer rows before the range that forecaster stays out.
const leastSamples = 100

/**
 * Runs the engine over the range, warmed up on the rows before it, and each naive forecaster beside it.
 * Throws ERR_RANGE_EMPTY when the range holds no row and ERR_CSV_EMPTY when none of its rows had a forecast.
 */
export async function judgeRows(
  { bars, intervalMs, market, name }: Series,
  model: Model,
  range: Range,
  onProgress: (done: number, total: number) => void = () => {},
  alarmsPerWeek = 1,
): Promise<Judged> {
  const opens = (bar: Bar) => bar.ts - intervalMs
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
  await run(judged, pipeline, {
    name: 'report card',
    async write(steps: readonly Step[]) {
      for (const { bar, verdict } of steps) {
        const row = rowOf(bar.ts - intervalMs, verdict, baselines)
        if (row) rows.push(row)
        verdicts.push(verdict)
        for (const baseline of Object.values(baselines)) baseline.learn(bar)
      }
      done += steps.length
      onProgress(done, judged.length)
      // Lets Ctrl-C and the progress bar in between two batches.
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

/** The k of each side, from rows before the range alone; null when they are too few. */
function fitMoves(before: readonly Bar[]): NaiveParameters | null {
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

function emptyRange(name: string, opens: readonly number[], { from, to }: Range): CandlewatchError {
  const [first, last] = [opens[0], opens.at(-1)].map(open => (open === undefined ? '–' : isoDate(open)))
  const until = to === Number.POSITIVE_INFINITY ? 'on' : `to ${isoDate(to)}`
  return new CandlewatchError(
    'ERR_RANGE_EMPTY',
    `${name}: expected rows from ${isoDate(from)} ${until}, found none: it holds ${first} to ${last}. Set --from and --to, or give another file.`,
  )
}
