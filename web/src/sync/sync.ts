import type { Bar } from '@candlewatch/api/bars'
import type { MarketSummary } from '@candlewatch/api/markets'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { parseInterval } from '@candlewatch/core/interval'
import { ask, messageOf, pages, type StreamQuery, soon } from '../api/ask.ts'
import { onEvent, openStream } from '../api/stream.ts'
import { isOf } from '../state/replay-view.ts'
import { maxCandles } from '../state/series.ts'
import { dispatch, state, whole } from '../state/store.ts'
import { type AlarmsSync, makeAlarmsSync } from './alarms.ts'
import { makePace } from './pace.ts'
import { runReplayedBars } from './replayed-bars.ts'
import { readSession, signedOut } from './session.ts'
import { runVisibleBars } from './visible-bars.ts'

/** A week of hours and a margin on either side, so that the chart appears before the year is loaded. */
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
      const [{ markets }, { replays }] = await Promise.all([
        ask('GET /api/markets', {}, soon()),
        ask('GET /api/replays', {}, soon()),
      ])
      const market = find(markets, wanted) ?? find(markets, replays[0] ?? wanted) ?? markets[0] ?? null
      dispatch({ kind: 'market', markets, market })
      // Before there is a market, the replay that is about to bring one is shown.
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

function find(
  markets: readonly MarketSummary[],
  { market, interval }: { readonly market: string | null; readonly interval: string | null },
) {
  return markets.find(row => row.market === market && (interval === null || row.interval === interval)) ?? null
}

async function follow({ market, interval }: MarketSummary): Promise<void> {
  const stream = { market, interval }
  const query = { market, interval, limit: firstRows }
  // Verdicts first: their lastEventId must not be newer than the bars.
  const { verdicts, lastEventId } = await ask('GET /api/verdicts', { query })
  dispatch({ kind: 'rows', bars: [], verdicts })
  const { bars } = await ask('GET /api/bars', { query })
  dispatch({ kind: 'rows', bars, verdicts: [] })
  dispatch({ kind: 'ready' })
  runReplayedBars(stream)
  const alarms = makeAlarmsSync(stream)
  takeRows(alarms)
  onEvent('replay', replay => dispatch({ kind: 'replay', replay }))
  onEvent('feed', feed => dispatch({ kind: 'feed', feed }))
  // The market may have a budget of its own.
  for (const name of ['budget', 'settings'] as const) {
    onEvent(name, () => void readBudget(stream).catch(() => undefined))
  }
  let hasOpened = false
  const close = openStream(stream, lastEventId, {
    connection(connection, heardAt) {
      // Budget, marks and the feed's state are not sent again after a loss.
      if (connection === 'live' && state.value.connection !== 'live') void catchUp(stream, alarms)
      // A budget that changed while the stream was being opened was not sent either.
      else if (connection === 'live' && !hasOpened) readBudget(stream).catch(() => undefined)
      hasOpened ||= connection === 'live'
      // A thousand messages a second change nothing: live stays live.
      if (connection !== state.value.connection) dispatch({ kind: 'connection', connection, heardAt })
    },
    refused() {
      // The session has ended: signing in loads the page again.
      readSession().then(
        () => signedOut.value && close(),
        () => undefined,
      )
    },
  })
  // First: zooming out at once should not wait for the list of episodes.
  runVisibleBars(stream)
  await catchUp(stream, alarms)
  await fetchOlder(stream)
}

/** Takes in the rows of the stream, several at a time when they come fast. */
function takeRows(alarms: AlarmsSync): void {
  let bars: Bar[] = []
  let verdicts: Verdict[] = []
  const flush = makePace(() => {
    const rows = { bars, verdicts }
    bars = []
    verdicts = []
    dispatch({ kind: 'rows', bars: rows.bars, verdicts: rows.verdicts })
    const last = state.value.episodes.at(-1)
    if (rows.verdicts.some(isListed) || last?.recovered === null) alarms.readNewest()
    alarms.readFeed()
  }, 100)
  onEvent('bar', bar => {
    bars.push(bar)
    flush()
  })
  onEvent('verdict', verdict => {
    verdicts.push(verdict)
    flush()
  })
}

const isListed = ({ isAnomaly, fault }: Verdict) => isAnomaly || fault !== null

async function catchUp(stream: StreamQuery, alarms: AlarmsSync): Promise<void> {
  try {
    await readBudget(stream)
    await alarms.readAll()
  } catch (error) {
    dispatch({ kind: 'notice', notice: `Episodes could not be loaded: ${messageOf(error)}` })
  }
}

let budgetReads = 0

/** Reads the budget of the market. An answer is dropped if the budget was read again meanwhile: it may be older than that. */
async function readBudget(stream: StreamQuery): Promise<void> {
  budgetReads += 1
  const read = budgetReads
  const { inForce } = await ask('GET /api/settings', { query: stream })
  if (read === budgetReads) dispatch({ kind: 'budget', alarmsPerWeek: inForce.alarmsPerWeek })
}

/** Fetches the rows before the first ones, as far back as the page keeps them. The chart works without them. */
async function fetchOlder(stream: StreamQuery): Promise<void> {
  const oldest = whole.value.series.candles[0]
  const intervalMs = parseInterval(stream.interval)
  if (!oldest || !intervalMs) return
  const range = {
    ...stream,
    from: new Date(oldest.at - (maxCandles - firstRows) * intervalMs).toISOString(),
    to: new Date(oldest.at).toISOString(),
    limit: pageRows,
  }
  try {
    for await (const { bars } of pages(cursor => ask('GET /api/bars', { query: { ...range, ...cursor } }))) {
      dispatch({ kind: 'rows', bars, verdicts: [] })
    }
    for await (const { verdicts } of pages(cursor => ask('GET /api/verdicts', { query: { ...range, ...cursor } }))) {
      dispatch({ kind: 'rows', bars: [], verdicts })
    }
  } catch (error) {
    dispatch({ kind: 'notice', notice: `Older bars could not be loaded: ${messageOf(error)}` })
  }
}
