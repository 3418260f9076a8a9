import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { parseInterval } from '@candlewatch/core/interval'
import { messageOf, pages } from '../api/ask.ts'
import type { BarRow, MarketRow } from '../api/bars.ts'
import * as api from '../api/bars.ts'
import { fetchBudget } from '../api/budget.ts'
import { fetchReplays } from '../api/replays.ts'
import { openStream } from '../api/stream.ts'
import { isOf } from '../state/replay-view.ts'
import { maxCandles } from '../state/series.ts'
import { dispatch, state, whole } from '../state/store.ts'
import { type AlarmsSync, makeAlarmsSync } from './alarms.ts'
import { makePace } from './pace.ts'
import { runReplayedBars } from './replayed-bars.ts'
import { readSession, signedOut } from './session.ts'
import { runVisibleBars } from './visible-bars.ts'

/** A week of hours and what is drawn on either side of it: the chart is there before the year is. */
const firstRows = 400
const pageRows = 2_000
const retryMs = 2_000

/** Loads the newest bars, follows the stream, then fetches the year before them. Lasts as long as the page. */
export async function runSync(wanted: {
  readonly market: string | null
  readonly interval: string | null
}): Promise<void> {
  for (;;) {
    try {
      await readSession()
      if (signedOut.value) return
      const [markets, replays] = await Promise.all([api.fetchMarkets(), fetchReplays()])
      const market = choose(markets, wanted) ?? choose(markets, replays[0] ?? wanted) ?? markets[0] ?? null
      dispatch({ kind: 'market', markets, market })
      // Before there is a market, the replay that is about to bring one is of interest.
      const replay = market ? replays.find(one => isOf(one, market)) : replays[0]
      dispatch({ kind: 'replay', replay: replay ?? null })
      dispatch({ kind: 'connection', connection: 'live', heardAt: Date.now() })
      if (market) {
        await follow(market)
        return
      }
      dispatch({ kind: 'ready' })
    } catch (error) {
      dispatch({ kind: 'connection', connection: 'lost', heardAt: null })
      dispatch({ kind: 'failed', failure: messageOf(error) })
    }
    await new Promise(resume => setTimeout(resume, retryMs))
  }
}

function choose(
  markets: readonly MarketRow[],
  { market, interval }: { market: string | null; interval: string | null },
) {
  return markets.find(row => row.market === market && (interval === null || row.interval === interval)) ?? null
}

async function follow({ market, interval }: MarketRow): Promise<void> {
  const query = { market, interval }
  // Verdicts first: their lastEventId must not be younger than the bars beside them.
  const { verdicts, lastEventId } = await api.fetchVerdicts({ ...query, limit: firstRows })
  dispatch({ kind: 'rows', bars: [], verdicts })
  const { bars } = await api.fetchBars({ ...query, limit: firstRows })
  dispatch({ kind: 'rows', bars, verdicts: [] })
  dispatch({ kind: 'ready' })
  runReplayedBars(query)
  const alarms = makeAlarmsSync(query)
  let waitingBars: BarRow[] = []
  let waitingVerdicts: Verdict[] = []
  const flush = makePace(() => {
    const rows = { bars: waitingBars, verdicts: waitingVerdicts }
    waitingBars = []
    waitingVerdicts = []
    dispatch({ kind: 'rows', ...rows })
    const last = state.value.episodes.at(-1)
    if (rows.verdicts.some(isLogged) || last?.recovered === null) alarms.touched()
    alarms.readHealth()
  }, 100)
  const close = openStream(query, lastEventId, {
    bar(row) {
      waitingBars.push(row)
      flush()
    },
    verdict(verdict) {
      waitingVerdicts.push(verdict)
      flush()
    },
    replay: replay => dispatch({ kind: 'replay', replay }),
    feed: feed => dispatch({ kind: 'feed', feed }),
    budget: ({ alarmsPerWeek }) => dispatch({ kind: 'budget', alarmsPerWeek }),
    connection(connection, heardAt) {
      // Budget, marks and the feed's state are not sent again after a loss: they are asked for.
      if (connection === 'live' && state.value.connection !== 'live') void catchUp(alarms)
      // A thousand words a second change nothing: live stays live.
      if (connection !== state.value.connection) dispatch({ kind: 'connection', connection, heardAt })
    },
    refused() {
      // A session that is over: signing in starts the page anew.
      readSession().then(
        () => signedOut.value && close(),
        () => undefined,
      )
    },
  })
  // First: whoever zooms out at once should not wait for what the log needs.
  runVisibleBars(query)
  await catchUp(alarms)
  await fetchOlder(query)
}

const isLogged = ({ isAnomaly, fault }: Verdict) => isAnomaly || fault !== null

async function catchUp(alarms: AlarmsSync): Promise<void> {
  try {
    const { alarmsPerWeek } = await fetchBudget()
    dispatch({ kind: 'budget', alarmsPerWeek })
    await alarms.readAll()
  } catch (error) {
    dispatch({ kind: 'notice', notice: `Episodes could not be loaded: ${messageOf(error)}` })
  }
}

/** The rows before those at hand, as far back as the page keeps them. What fails here is not missed: the chart works without. */
async function fetchOlder(query: { readonly market: string; readonly interval: string }): Promise<void> {
  const oldest = whole.value.series.candles[0]
  const intervalMs = parseInterval(query.interval)
  if (!oldest || !intervalMs) return
  const range = {
    from: new Date(oldest.at - (maxCandles - firstRows) * intervalMs).toISOString(),
    to: new Date(oldest.at).toISOString(),
    limit: pageRows,
  }
  try {
    for await (const { bars } of pages(cursor => api.fetchBars({ ...query, ...range, ...cursor }))) {
      dispatch({ kind: 'rows', bars, verdicts: [] })
    }
    for await (const { verdicts } of pages(cursor => api.fetchVerdicts({ ...query, ...range, ...cursor }))) {
      dispatch({ kind: 'rows', bars: [], verdicts })
    }
  } catch (error) {
    dispatch({
      kind: 'notice',
      notice: `Older bars could not be loaded: ${messageOf(error)}`,
    })
  }
}
