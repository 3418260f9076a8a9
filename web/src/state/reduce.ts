import type { Bar } from '@candlewatch/api/bars'
import type { Rehearsal } from '@candlewatch/api/budget'
import type { EpisodeAnswer as Episode, FaultAnswer as Fault } from '@candlewatch/api/episode'
import type { Feed } from '@candlewatch/api/feeds'
import type { Label } from '@candlewatch/api/labels'
import type { MarketSummary } from '@candlewatch/api/markets'
import type { Replay } from '@candlewatch/api/replays'
import type { Ms } from '@candlewatch/api/units'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { parseInterval } from '@candlewatch/core/interval'
import { msOf } from '@candlewatch/core/time'
import type { Connection } from '../api/stream.ts'
import type { Range } from '../format/when.ts'
import type { Coarse } from './coarse.ts'
import type { Older } from './older.ts'
import { pastPosition, shownCandles } from './replay-view.ts'
import { type Candle, emptySeries, extendSeries } from './series.ts'
import type { State } from './state.ts'
import { bounded, centreOn, pan, type Span, zoom } from './view.ts'

/** Everything that can change the state: answers, messages of the stream, and what the reader does. */
export type PageEvent =
  | { readonly kind: 'market'; readonly markets: readonly MarketSummary[]; readonly market: MarketSummary | null }
  | { readonly kind: 'rows'; readonly bars: readonly Bar[]; readonly verdicts: readonly Verdict[] }
  | { readonly kind: 'past'; readonly bars: readonly Bar[]; readonly verdicts: readonly Verdict[] }
  | { readonly kind: 'episodes'; readonly episodes: readonly Episode[]; readonly from: string | null }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[]; readonly from: string | null }
  | { readonly kind: 'labels'; readonly labels: readonly Label[] }
  | { readonly kind: 'coarse'; readonly coarse: Coarse | null }
  | { readonly kind: 'older'; readonly older: Older | null }
  | { readonly kind: 'feed'; readonly feed: Feed | null }
  | { readonly kind: 'rehearsal'; readonly rehearsal: Rehearsal | null }
  | { readonly kind: 'budget'; readonly alarmsPerWeek: number }
  | { readonly kind: 'picked'; readonly at: Ms | null }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly failure: string }
  | { readonly kind: 'replay'; readonly replay: Replay | null }
  | { readonly kind: 'connection'; readonly connection: Connection; readonly heardAt: number | null }
  | { readonly kind: 'span'; readonly span: Span }
  | { readonly kind: 'moved'; readonly range: Range }
  | { readonly kind: 'panned'; readonly direction: 1 | -1 }
  /** Multiplies the visible time; 0.5 zooms in. */
  | { readonly kind: 'zoomed'; readonly times: number }
  | { readonly kind: 'now' }
  | { readonly kind: 'selected'; readonly at: Ms }
  | { readonly kind: 'inspected'; readonly at: Ms | null }
  | { readonly kind: 'notice'; readonly notice: string | null }

/** Makes the next state from an event, without side effects: the page's only way to change its state. */
export function reduce(state: State, event: PageEvent): State {
  const { view, series, intervalMs } = state
  switch (event.kind) {
    case 'market': {
      const { markets, market } = event
      return {
        ...state,
        markets,
        market,
        view: { ...view, oldest: market && msOf(market.first) },
        intervalMs: (market && parseInterval(market.interval)) ?? intervalMs,
      }
    }
    case 'rows':
      return { ...state, series: extendSeries(series, candlesOf(event.bars, event.verdicts)) }
    case 'past':
      return { ...state, past: extendSeries(emptySeries, candlesOf(event.bars, event.verdicts)) }
    case 'episodes':
      return { ...state, episodes: replaceFrom(state.episodes, event.episodes, event.from, ({ start }) => start) }
    case 'faults':
      return { ...state, faults: replaceFrom(state.faults, event.faults, event.from, ({ date }) => date) }
    case 'labels':
      return { ...state, labels: new Map([...state.labels, ...event.labels.map(markOf)]) }
    case 'coarse':
      return { ...state, coarse: event.coarse }
    case 'older':
      return { ...state, older: event.older }
    case 'feed':
      return { ...state, feed: event.feed }
    case 'rehearsal':
      return { ...state, rehearsal: event.rehearsal }
    case 'budget':
      return { ...state, market: state.market && { ...state.market, alarmsPerWeek: event.alarmsPerWeek } }
    case 'picked':
      return { ...state, view: { ...view, selected: event.at }, inspected: null }
    case 'ready':
      return { ...state, phase: 'ready', failure: null }
    case 'failed':
      return { ...state, phase: 'failed', failure: event.failure }
    case 'replay':
      return withReplay(state, event.replay)
    case 'connection':
      return { ...state, connection: event.connection, heardAt: event.heardAt ?? state.heardAt }
    case 'span':
      return { ...state, view: { ...view, span: event.span, range: null, widthMs: null } }
    case 'moved':
      return { ...state, view: { ...view, range: bounded(event.range, shownCandles(state), view, intervalMs) } }
    case 'panned':
      return { ...state, view: { ...view, range: pan(event.direction, shownCandles(state), view, intervalMs) } }
    case 'zoomed':
      return { ...state, view: zoom(event.times, state.inspected, shownCandles(state), view, intervalMs) }
    case 'now':
      return { ...state, view: { ...view, range: null, widthMs: null } }
    case 'selected': {
      if (event.at > (pastPosition(state) ?? event.at)) return state
      const range = centreOn(event.at, shownCandles(state), view, intervalMs)
      return { ...state, view: { ...view, range, selected: event.at }, inspected: null }
    }
    case 'inspected':
      return event.at === state.inspected ? state : { ...state, inspected: event.at }
    case 'notice':
      return { ...state, notice: event.notice }
  }
}

/** The candles of bars and of verdicts; a series merges the two of one bar. */
export function candlesOf(bars: readonly Bar[], verdicts: readonly Verdict[]): Candle[] {
  return [
    ...bars.map(row => candleOf(row.date, row, null)),
    ...verdicts.map(verdict => candleOf(verdict.date, verdict.bar, verdict)),
  ]
}

function candleOf(date: string, bar: Verdict['bar'], verdict: Verdict | null): Candle {
  const { open, high, low, close, volume } = bar
  return { at: msOf(date), open, high, low, close, volume, verdict }
}

function withReplay(state: State, replay: Replay | null): State {
  // Answers and the stream overtake each other.
  if (replay && replay.id === state.replay?.id && replay.revision < state.replay.revision) return state
  const next = { ...state, replay }
  const at = pastPosition(next)
  if (at === null || at === pastPosition(state)) return next
  // A bar that is no longer shown closes its panel; a chart that was moved elsewhere returns to the replay position.
  const { range, selected } = state.view
  const view = {
    ...state.view,
    range: range && at >= range[0] && at < range[1] ? range : null,
    selected: selected !== null && selected > at ? null : selected,
  }
  const isSame = view.range === range && view.selected === selected
  return { ...next, view: isSame ? state.view : view, inspected: null }
}

/** Rows that were known, with all from `from` on replaced by those that came; all of them without `from`. Oldest first. */
export function replaceFrom<T>(
  known: readonly T[],
  came: readonly T[],
  from: string | null,
  dateOf: (row: T) => string,
): readonly T[] {
  return from === null ? came : [...known.filter(row => dateOf(row) < from), ...came]
}

const markOf = ({ date, mark }: Label): readonly [number, Label['mark']] => [Date.parse(date), mark]
