import { setImmediate } from 'node:timers/promises'
import { EpisodeTracker, episodesOf } from '@candlewatch/core/decide/episodes'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { run } from '@candlewatch/core/engine/run'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Model } from '@candlewatch/core/forecast/artifact'
import { isoDate } from '@candlewatch/core/interval'
import { known, nth } from '@candlewatch/core/nth'
import { openOf } from '@candlewatch/core/time'
import type { Bar, Episode, Series, Step, Verdict } from '@candlewatch/core/types'
import type { MarkCount } from '../detection/detection-report.ts'
import { countMarks, type EpisodeMark, type Marks, markOf } from '../detection/marks.ts'
import type { Range } from '../series/series.ts'

/** An episode and the size of its price move. */
export interface RehearsedEpisode extends Episode {
  /** Percent from the open of its first bar to the farthest price within the episode. */
  readonly movePercent: number
  /** The marks that people set; only with --marks. */
  readonly mark?: EpisodeMark
}

/** The result of running the engine over past rows. */
export interface Rehearsal {
  readonly model: { readonly name: string; readonly version: string }
  readonly alarmsPerWeek: number
  readonly verdicts: readonly Verdict[]
  /** Oldest first. */
  readonly episodes: readonly RehearsedEpisode[]
  /** Only with --marks. */
  readonly marks?: MarkCount
  /** Rows of the range per second of real time. */
  readonly rowsPerSecond: number
}

// After seven half-lives of the longest memory, a hundredth is left of what came before. The report card uses the same number.
const warmUpBars = 5_000

/** The options of a run. */
export interface RehearseOptions {
  readonly alarmsPerWeek: number
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * Runs the live engine over the range, warmed up on up to 5,000 rows before it; every row gets a verdict.
 * Throws ERR_RANGE_EMPTY if the range holds no row.
 */
export async function rehearse(
  series: Series,
  model: Model,
  range: Range,
  { alarmsPerWeek, onProgress = () => {} }: RehearseOptions,
): Promise<Rehearsal> {
  const { market, intervalMs } = series
  const { before, bars } = cut(series, range)
  const pipeline = makePipeline({ market, intervalMs, alarmsPerWeek }, model)
  for (const bar of before.slice(-warmUpBars)) pipeline.warmUp(bar)
  const verdicts: Verdict[] = []
  const began = performance.now()
  const judge = { pipeline, episodes: new EpisodeTracker() }
  await run(bars, judge, {
    async write(steps: readonly Step[]) {
      for (const { verdict } of steps) verdicts.push(verdict)
      onProgress(verdicts.length, bars.length)
      // Gives Ctrl-C a turn between two batches.
      await setImmediate()
    },
  })
  const rowsPerSecond = Math.round((1_000 * bars.length) / (performance.now() - began))
  const { name, version } = model
  const episodes = withMoves(episodesOf(verdicts), verdicts)
  return { model: { name, version }, alarmsPerWeek, verdicts, episodes, rowsPerSecond }
}

/** Adds what people marked to each episode; changes nothing without marks. */
export function marked(rehearsal: Rehearsal, marks: Marks | null): Rehearsal {
  if (marks === null) return rehearsal
  const { verdicts, episodes } = rehearsal
  return {
    ...rehearsal,
    episodes: episodes.map(episode => ({ ...episode, mark: markOf(episode, marks) })),
    marks: countMarks(episodes, marks, { start: verdicts[0]?.date ?? '', end: verdicts.at(-1)?.date ?? '' }),
  }
}

function cut({ bars, intervalMs, name }: Series, { from, to }: Range): { before: Bar[]; bars: Bar[] } {
  const opens = (bar: Bar) => openOf(bar, intervalMs)
  const inside = bars.filter(bar => opens(bar) >= from && opens(bar) < to)
  if (inside.length > 0) return { before: bars.filter(bar => opens(bar) < from), bars: inside }
  const [first, last] = [bars[0], bars.at(-1)].map(bar => (bar ? isoDate(opens(bar)) : '–'))
  const until = to === Number.POSITIVE_INFINITY ? 'on' : `to ${isoDate(to)}`
  const message = `${name}: expected rows from ${isoDate(from)} ${until}, found none: it holds ${first} to ${last}. Set --from and --to, or give another file.`
  throw new CandlewatchError('ERR_RANGE_EMPTY', message)
}

/** Adds the size of its move to each episode. Both lists are oldest first; the episodes were made of these verdicts. */
export function withMoves(episodes: readonly Episode[], verdicts: readonly Verdict[]): RehearsedEpisode[] {
  const places = new Map(verdicts.map(({ date }, i) => [date, i]))
  return episodes.map(episode => {
    const bars = verdicts
      .slice(places.get(episode.start), known(places.get(episode.end)) + 1)
      .map(verdict => verdict.bar)
    return { ...episode, movePercent: movePercent(bars) }
  })
}

function movePercent(bars: readonly Verdict['bar'][]): number {
  const open = nth(bars, 0).open
  const up = Math.max(...bars.map(bar => bar.high)) / open - 1
  const down = Math.min(...bars.map(bar => bar.low)) / open - 1
  return Number((100 * (up >= -down ? up : down)).toFixed(2))
}
