import { setImmediate } from 'node:timers/promises'
import { episodesOf } from '@candlewatch/core/decide/episodes'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { run } from '@candlewatch/core/engine/run'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Model } from '@candlewatch/core/forecast/artifact'
import { isoDate } from '@candlewatch/core/interval'
import type { Bar, Episode, Series, Step, Verdict } from '@candlewatch/core/types'
import { countMarks, type EpisodeMark, type MarkCount, type Marks, markOf } from '../detection/marks.ts'

/** Rows that open from `from` on and before `to`, epoch ms. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** An episode, and how far the price went in it. */
export interface RehearsedEpisode extends Episode {
  /** From the open of its first bar to the price farthest from it, until its last bar closed; percent. */
  readonly movePercent: number
  /** What people said of it; only where marks were asked for. */
  readonly mark?: EpisodeMark
}

export interface Rehearsal {
  readonly model: { readonly name: string; readonly version: string }
  readonly alarmsPerWeek: number
  readonly verdicts: readonly Verdict[]
  /** Oldest first. */
  readonly episodes: readonly RehearsedEpisode[]
  /** Only where marks were asked for. */
  readonly marks?: MarkCount
  /** Rows of the range a second of real time. */
  readonly rowsPerSecond: number
}

// As the report card has it: after seven half-lives of the longest memory a hundredth is left of what came before.
const warmUpBars = 5_000

/**
 * The live engine over the range, warmed up on up to 5,000 rows before it: a verdict for each row.
 * Throws ERR_RANGE_EMPTY when the range holds no row.
 */
export async function rehearse(
  series: Series,
  model: Model,
  range: Range,
  alarmsPerWeek: number,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Rehearsal> {
  const { market, intervalMs } = series
  const { before, bars } = cut(series, range)
  const pipeline = makePipeline({ market, intervalMs, alarmsPerWeek }, model)
  for (const bar of before.slice(-warmUpBars)) pipeline.warmUp(bar)
  const verdicts: Verdict[] = []
  const began = performance.now()
  await run(bars, pipeline, {
    name: 'backtest',
    async write(steps: readonly Step[]) {
      for (const { verdict } of steps) verdicts.push(verdict)
      onProgress(verdicts.length, bars.length)
      // Lets Ctrl-C in between two batches.
      await setImmediate()
    },
  })
  const rowsPerSecond = Math.round((1_000 * bars.length) / (performance.now() - began))
  const { name, version } = model
  const episodes = withMoves(episodesOf(verdicts), verdicts)
  return { model: { name, version }, alarmsPerWeek, verdicts, episodes, rowsPerSecond }
}

/** With what people said of each episode; unchanged without marks. */
export function marked(rehearsal: Rehearsal, marks: Marks | null): Rehearsal {
  if (marks === null) return rehearsal
  const { verdicts, episodes } = rehearsal
  return {
    ...rehearsal,
    episodes: episodes.map(episode => ({ ...episode, mark: markOf(episode, marks) })),
    marks: countMarks(episodes, marks, { start: verdicts[0]!.date, end: verdicts.at(-1)!.date }),
  }
}

function cut({ bars, intervalMs, name }: Series, { from, to }: Range): { before: Bar[]; bars: Bar[] } {
  const opens = (bar: Bar) => bar.ts - intervalMs
  const inside = bars.filter(bar => opens(bar) >= from && opens(bar) < to)
  if (inside.length > 0) return { before: bars.filter(bar => opens(bar) < from), bars: inside }
  const [first, last] = [bars[0], bars.at(-1)].map(bar => (bar ? isoDate(opens(bar)) : '–'))
  const until = to === Number.POSITIVE_INFINITY ? 'on' : `to ${isoDate(to)}`
  const message = `${name}: expected rows from ${isoDate(from)} ${until}, found none: it holds ${first} to ${last}. Set --from and --to, or give another file.`
  throw new CandlewatchError('ERR_RANGE_EMPTY', message)
}

/** Both oldest first, the verdicts those that the episodes were made of. */
export function withMoves(episodes: readonly Episode[], verdicts: readonly Verdict[]): RehearsedEpisode[] {
  const places = new Map(verdicts.map(({ date }, i) => [date, i]))
  return episodes.map(episode => {
    const bars = verdicts.slice(places.get(episode.start), places.get(episode.end)! + 1).map(verdict => verdict.bar)
    return { ...episode, movePercent: movePercent(bars) }
  })
}

function movePercent(bars: readonly Verdict['bar'][]): number {
  const open = bars[0]!.open
  const up = Math.max(...bars.map(bar => bar.high)) / open - 1
  const down = Math.min(...bars.map(bar => bar.low)) / open - 1
  return Number((100 * (up >= -down ? up : down)).toFixed(2))
}
