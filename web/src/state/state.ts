import { parseInterval } from '@candlewatch/core/interval'
import type { Episode, Fault, Label, Market, Ms, Replay, Verdict } from '@candlewatch/core/types'
import type { Rehearsal } from '../rehearsal/rehearsal.ts'
import type { Coarse } from './coarse.ts'
import type { FeedHealth } from './health.ts'
import { inSight, watchedAt } from './in-sight.ts'
import { joinRows } from './join-rows.ts'
import type { Older } from './older.ts'
import { type Candle, emptyTape, extendTape, type Tape } from './tape.ts'
import { bounded, centreOn, pan, type Range, type Span, type View, zoom } from './window.ts'

/** A row of `GET /api/markets`. */
export interface MarketRow {
  readonly market: Market
  readonly interval: string
  readonly bars: number
  readonly first: string
  readonly last: string
  readonly alarmsPerWeek: number
  readonly model: { readonly name: string; readonly version: string }
}

/** A row of `GET /api/bars`. */
export interface BarRow extends Pick<Verdict, 'market' | 'interval' | 'date'>, Readonly<Verdict['bar']> {}

export type Connection = 'connecting' | 'live' | 'reconnecting' | 'lost'

export interface State {
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly failure: string | null
  readonly markets: readonly MarketRow[]
  /** null until a market has bars. */
  readonly market: MarketRow | null
  readonly intervalMs: Ms
  readonly tape: Tape
  /** Bars around what is watched again, where the tape does not reach back to it. */
  readonly past: Tape
  /** Oldest first. */
  readonly episodes: readonly Episode[]
  /** Rows that were not believed, oldest first. */
  readonly faults: readonly Fault[]
  /** The mark that stands, by the bar's open. */
  readonly labels: ReadonlyMap<number, Label['mark']>
  /** Candles of the server's making, for a range that is too wide for bars. */
  readonly coarse: Coarse | null
  /** Bars that are older than those on the tape, while they are looked at. */
  readonly older: Older | null
  readonly feed: FeedHealth | null
  /** What the budget on the slider would have made of the past; null while none is tried. */
  readonly rehearsal: Rehearsal | null
  readonly replay: Replay | null
  readonly connection: Connection
  /** When a word last came, on the reader's clock; kept while the connection is not live. */
  readonly heardAt: number | null
  readonly view: View
  /** The bar under the pointer. */
  readonly inspected: Ms | null
  readonly notice: string | null
}

export type PageEvent =
  | { readonly kind: 'market'; readonly markets: readonly MarketRow[]; readonly market: MarketRow | null }
  | { readonly kind: 'rows'; readonly bars: readonly BarRow[]; readonly verdicts: readonly Verdict[] }
  | { readonly kind: 'past'; readonly bars: readonly BarRow[]; readonly verdicts: readonly Verdict[] }
  | { readonly kind: 'episodes'; readonly episodes: readonly Episode[]; readonly from: string | null }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[]; readonly from: string | null }
  | { readonly kind: 'labels'; readonly labels: readonly Label[] }
  | { readonly kind: 'coarse'; readonly coarse: Coarse | null }
  | { readonly kind: 'older'; readonly older: Older | null }
  | { readonly kind: 'feed'; readonly feed: FeedHealth | null }
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
  /** So many times as wide; 0.5 comes nearer. */
  | { readonly kind: 'zoomed'; readonly times: number }
  | { readonly kind: 'now' }
  | { readonly kind: 'selected'; readonly at: Ms }
  | { readonly kind: 'inspected'; readonly at: Ms | null }
  | { readonly kind: 'notice'; readonly notice: string | null }

export const initialState: State = {
  phase: 'loading',
  failure: null,
  markets: [],
  market: null,
  intervalMs: 3_600_000 as Ms,
  tape: emptyTape,
  past: emptyTape,
  episodes: [],
  faults: [],
  labels: new Map(),
  coarse: null,
  older: null,
  feed: null,
  rehearsal: null,
  replay: null,
  connection: 'connecting',
  heardAt: null,
  view: { span: '1w', range: null, selected: null },
  inspected: null,
  notice: null,
}

/** The page's only way from one state to the next. */
export function reduce(state: State, event: PageEvent): State {
  const { view, tape, intervalMs } = state
  const { candles } = inSight(state).tape
  switch (event.kind) {
    case 'market': {
      const { markets, market } = event
      const oldest = market && (Date.parse(market.first) as Ms)
      const known = { markets, market, view: { ...view, oldest } }
      return { ...state, ...known, intervalMs: (market && parseInterval(market.interval)) ?? intervalMs }
    }
    case 'rows':
      return { ...state, tape: extendTape(tape, candlesOf(event.bars, event.verdicts)) }
    case 'past':
      return { ...state, past: extendTape(emptyTape, candlesOf(event.bars, event.verdicts)) }
    case 'episodes':
      return { ...state, episodes: joinRows(state.episodes, event.episodes, event.from, ({ start }) => start) }
    case 'faults':
      return { ...state, faults: joinRows(state.faults, event.faults, event.from, ({ date }) => date) }
    case 'labels':
      return { ...state, labels: new Map([...state.labels, ...event.labels.map(marked)]) }
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
      return replayed(state, event.replay)
    case 'connection':
      return { ...state, connection: event.connection, heardAt: event.heardAt ?? state.heardAt }
    case 'span':
      return { ...state, view: { ...view, span: event.span, range: null, widthMs: null } }
    case 'moved':
      return { ...state, view: { ...view, range: bounded(event.range, candles, view, intervalMs) } }
    case 'panned':
      return { ...state, view: { ...view, range: pan(event.direction, candles, view, intervalMs) } }
    case 'zoomed':
      return { ...state, view: zoom(event.times, state.inspected, candles, view, intervalMs) }
    case 'now':
      return { ...state, view: { ...view, range: null, widthMs: null } }
    case 'selected': {
      if (event.at > (watchedAt(state) ?? event.at)) return state
      const range = centreOn(event.at, candles, view, intervalMs)
      return { ...state, view: { ...view, range, selected: event.at }, inspected: null }
    }
    case 'inspected':
      return event.at === state.inspected ? state : { ...state, inspected: event.at }
    case 'notice':
      return { ...state, notice: event.notice }
  }
}

/** Bars and what was said of them: a candle of each, which a tape puts together. */
export function candlesOf(bars: readonly BarRow[], verdicts: readonly Verdict[]): Candle[] {
  const said = verdicts.map(verdict => candleOf(verdict.date, verdict.bar, verdict))
  return [...bars.map(row => candleOf(row.date, row, null)), ...said]
}

function replayed(state: State, replay: Replay | null): State {
  // Answers and the stream overtake each other.
  if (replay && replay.id === state.replay?.id && replay.revision < state.replay.revision) return state
  const next = { ...state, replay }
  const at = watchedAt(next)
  if (at === null || at === watchedAt(state)) return next
  // What is looked at goes out of sight with its bar; a chart that was moved elsewhere comes back to what is watched.
  const { range, selected } = state.view
  const view = {
    ...state.view,
    range: range && at >= range[0] && at < range[1] ? range : null,
    selected: selected !== null && selected > at ? null : selected,
  }
  const isSame = view.range === range && view.selected === selected
  return { ...next, view: isSame ? state.view : view, inspected: null }
}

function candleOf(date: string, bar: Verdict['bar'], verdict: Verdict | null): Candle {
  const { open, high, low, close, volume } = bar
  return { at: Date.parse(date) as Ms, open, high, low, close, volume, verdict }
}

const marked = ({ date, mark }: Label): readonly [number, Label['mark']] => [Date.parse(date), mark]
