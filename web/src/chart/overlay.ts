import type { EpisodeAnswer as Episode, FaultAnswer as Fault } from '@candlewatch/api/episode'
import type { Rehearsal } from '../api/budget.ts'
import type { Range } from '../format/when.ts'
import { kinds, type MarkKind, markKind, markPrice } from '../marks/marks.ts'
import { type Candle, firstFrom } from '../state/series.ts'
import type { State } from '../state/state.ts'
import type { Visible } from '../state/visible-range.ts'
import type { Palette } from './palette.ts'
import type { Trace } from './trace.ts'

/** Each episode as a band from its first bar to the end of its last, at least wide enough to be seen; none where they would be a wall. */
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
      ...{ type: 'rect', layer: 'below', yref: 'paper', x0: middle - halfMs, x1: middle + halfMs, y0: 0, y1: 1 },
      ...{ fillcolor: palette.severity[episode.severity], opacity: 0.1, line: { width: 0 } },
    }
  })
  const coveredMs = bands.reduce((sum, { x0, x1 }) => sum + x1 - x0, 0)
  return coveredMs > (to - from) / 2 ? [] : bands
}

/** Alarms to be marked: the peak of each episode, faults, and what no known episode holds yet. */
export function peaksOf(alarms: readonly Candle[], episodes: readonly Episode[]): readonly Candle[] {
  let next = 0
  return alarms.filter(({ verdict }) => {
    if (verdict?.status !== 'anomaly') return true
    while (episodes[next] && episodes[next]!.end < verdict.date) next++
    const episode = episodes[next]
    return !episode || verdict.date < episode.start || verdict.date === episode.peak
  })
}

/** An alarm or a fault on the chart, and where. */
export interface Marked {
  readonly at: number
  readonly kind: MarkKind
  readonly price: number
  readonly pValue: number | null
}

/** `gap`: between the candle and its mark, in price. */
export function markOf(candle: Candle, gap: number): Marked {
  const { at, verdict } = candle
  return { at, kind: markKind(candle), price: markPrice(candle, gap), pValue: verdict?.pValue ?? null }
}

/** On the server's candles of a time that is not in memory: the gravest of each candle's episodes and faults. */
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

/** What another budget would change: rings where an episode would appear, crosses over those that would go. */
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
