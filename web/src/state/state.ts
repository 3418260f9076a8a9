import type { Rehearsal } from '@candlewatch/api/budget'
import type { EpisodeAnswer as Episode, FaultAnswer as Fault } from '@candlewatch/api/episode'
import type { Feed } from '@candlewatch/api/feeds'
import type { Label } from '@candlewatch/api/labels'
import type { MarketSummary } from '@candlewatch/api/markets'
import type { Replay } from '@candlewatch/api/replays'
import type { Ms } from '@candlewatch/api/units'
import type { Connection } from '../api/stream.ts'
import type { Coarse } from './coarse.ts'
import type { Older } from './older.ts'
import { emptySeries, type Series } from './series.ts'
import type { View } from './view.ts'

/** Everything that the page knows and shows. */
export interface State {
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly failure: string | null
  readonly markets: readonly MarketSummary[]
  /** null until a market has bars. */
  readonly market: MarketSummary | null
  readonly intervalMs: Ms
  readonly series: Series
  /** Bars around the replay position, where the bars in memory begin later. */
  readonly past: Series
  /** Oldest first. */
  readonly episodes: readonly Episode[]
  /** Rows that were not believed, oldest first. */
  readonly faults: readonly Fault[]
  /** The reader's mark of a bar, by the bar's open. */
  readonly labels: ReadonlyMap<number, Label['mark']>
  /** The server's wider candles, for a range that holds too many bars. */
  readonly coarse: Coarse | null
  /** Bars older than those in memory, while they are visible. */
  readonly older: Older | null
  readonly feed: Feed | null
  /** The alarms that the budget on the slider would have raised in the past; null while none is tried. */
  readonly rehearsal: Rehearsal | null
  readonly replay: Replay | null
  readonly connection: Connection
  /** When a message last came, by the reader's clock; kept while the connection is not live. */
  readonly heardAt: number | null
  readonly view: View
  /** The bar under the pointer. */
  readonly inspected: Ms | null
  readonly notice: string | null
}

/** The state before anything was loaded. */
export const initialState: State = {
  phase: 'loading',
  failure: null,
  markets: [],
  market: null,
  intervalMs: 3_600_000 as Ms,
  series: emptySeries,
  past: emptySeries,
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
