import type { Rehearsal } from '@candlewatch/api/budget'
import type { EpisodeAnswer as Episode, FaultAnswer as Fault } from '@candlewatch/api/episode'
import type { Range } from '../format/when.ts'
import { kinds, type MarkKind, markKind, markPrice } from '../marks/marks.ts'
import { type Candle, firstFrom } from '../state/series.ts'
import type { State } from '../state/state.ts'
import type { Visible } from '../state/visible-range.ts'
import type { Palette } from './palette.ts'
import type { Trace } from './trace.ts'

/** The bands of episodes, wide enough to be visible; none where they would cover more than half of the chart. */
export function episodeBands(
  episodes: readonly Episode[],
  [from, to]: Range,
  shown: Range,
  intervalMs: number,
  palette: Palette,
): object[] {
  const leastMs = (shown[1] - shown[0]) * 0.004
  const bands = episodes.flatMap(episode => {
    const [start, end] = [Date.parse(episode.start), Date.parse(episode.end)]
    if (end < from || start > to) return []
    const halfMs = Math.max(leastMs, end - start + intervalMs) / 2
    const middle = (start + end) / 2
    return {
      type: 'rect',
      layer: 'below',
      yref: 'paper',
      x0: middle - halfMs,
      x1: middle + halfMs,
      y0: 0,
      y1: 1,
      fillcolor: palette.severity[episode.severity],
      opacity: 0.1,
      line: { width: 0 },
    }
  })
  const coveredMs = bands.reduce((sum, { x0, x1 }) => sum + x1 - x0, 0)
  return coveredMs > (to - from) / 2 ? [] : bands
}

/** The alarms that get a mark: the peak of each episode, faults, and alarms of no known episode. */
export function peaksOf(alarms: readonly Candle[], episodes: readonly Episode[]): readonly Candle[] {
  let next = 0
  return alarms.filter(({ verdict }) => {
    if (verdict?.status !== 'anomaly') return true
    for (let episode = episodes[next]; episode && episode.end < verdict.date; episode = episodes[next]) next++
    const episode = episodes[next]
    return !episode || verdict.date < episode.start || verdict.date === episode.peak
  })
}

/** The mark of an alarm or a fault. */
export interface Marked {
  readonly at: number
  readonly kind: MarkKind
  readonly price: number
  readonly pValue: number | null
}

/** The mark of a candle; `gap` is its distance from the candle, in price. */
export function markOf(candle: Candle, gap: number): Marked {
  const { at, verdict } = candle
  return { at, kind: markKind(candle), price: markPrice(candle, gap), pValue: verdict?.pValue ?? null }
}

/** The marks on the server's candles, outside of memory: the gravest episode or fault of each candle. */
export function marksOfCandles(
  { episodes, faults, series }: State,
  { coarse }: Visible,
  [from, to]: Range,
  gap: number,
): Marked[] {
  if (!coarse) return []
  const until = Math.min(to, series.candles[0]?.at ?? Number.POSITIVE_INFINITY)
  const found = new Map<Candle, Marked>()
  const add = (date: string, kind: MarkKind, { size, pValue }: Pick<Fault, 'size' | 'pValue'>) => {
    const at = Date.parse(date)
    if (at < from || at >= until) return
    const candle = coarse.candles[firstFrom(coarse.candles, at + 1) - 1]
    if (!candle || at >= candle.at + coarse.widthMs) return
    const before = found.get(candle)
    if (before && kinds.indexOf(before.kind) <= kinds.indexOf(kind)) return
    found.set(candle, { at, kind, pValue, price: (size ?? 0) < 0 ? candle.low - gap : candle.high + gap })
  }
  for (const episode of episodes) add(episode.peak, episode.severity, episode)
  for (const fault of faults) add(fault.date, 'fault', fault)
  return [...found.values()]
}

/** The marks of a rehearsal: rings for new episodes, crosses over episodes that would be removed. */
export function ghosts(
  rehearsal: Rehearsal | null,
  candles: readonly Candle[],
  alarms: readonly Candle[],
  gap: number,
  palette: Palette,
): Trace {
  const marked = new Map(alarms.map(alarm => [alarm.at as number, alarm]))
  const of = (episodes: readonly Episode[], symbol: string) =>
    episodes.flatMap(({ peak }) => {
      const at = Date.parse(peak)
      const found = firstFrom(candles, at)
      // Coarse candles open before the bar that they hold.
      const candle = marked.get(at) ?? (candles[found]?.at === at ? candles[found] : candles[found - 1])
      return candle && at <= (candles.at(-1)?.at ?? 0) ? [{ at, price: markPrice(candle, gap), symbol }] : []
    })
  const points = rehearsal ? [...of(rehearsal.appearing, 'circle-open'), ...of(rehearsal.vanishing, 'x-thin-open')] : []
  return {
    type: 'scatter',
    name: 'Rehearsal',
    mode: 'markers',
    x: points.map(({ at }) => at),
    y: points.map(({ price }) => price),
    marker: {
      symbol: points.map(({ symbol }) => symbol),
      size: 13,
      color: palette.ghost,
      line: { width: 1.5, color: palette.ghost },
    },
    cliponaxis: false,
    zorder: 1,
    hoverinfo: 'skip',
  }
}
