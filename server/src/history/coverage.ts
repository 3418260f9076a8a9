import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { Coverage, Gap, HistoryStore } from '@candlewatch/adapters/stores/history'
import type { MarketStore } from '@candlewatch/adapters/stores/markets'
import type { Coverage as CoverageAnswer, Gap as GapAnswer } from '@candlewatch/api/coverage'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { type Stream, streamKey } from '@candlewatch/core/time'
import { Router } from 'express'
import { handle } from '../http/handle.ts'

/** The number of streams in one answer. Clients can name any market, so there can be more. */
const maxStreams = 100

type CoverageStore = HistoryStore & BarStore & Pick<MarketStore, 'archived'>

/** `GET /api/coverage`: the stored bars and imported rows of each stream, and what is missing. */
export function coverage(store: CoverageStore): Router {
  const router = Router()
  handle(router, 'GET /api/coverage', async ({ query: { market, interval, points, gaps } }) => {
    const archived = new Set((await store.archived()).map(streamKey))
    const wanted = (await streamsOf(store)).filter(
      stream =>
        (market ? stream.market === market : !archived.has(streamKey(stream))) &&
        (!interval || stream.intervalMs === interval),
    )
    const shown = []
    for (const stream of wanted.slice(0, maxStreams)) {
      shown.push(shownCoverage(stream, await store.coverage({ ...stream, points, maxGaps: gaps })))
    }
    return { coverage: shown, moreStreams: wanted.length > maxStreams }
  })
  return router
}

async function streamsOf(store: CoverageStore): Promise<readonly Stream[]> {
  const all = [...(await store.streams()), ...(await store.historyStreams())]
  const byName = new Map(
    all.map(({ market, intervalMs }) => [streamKey({ market, intervalMs }), { market, intervalMs }]),
  )
  return [...byName.values()].sort((a, b) => a.market.localeCompare(b.market) || a.intervalMs - b.intervalMs)
}

/** The coverage of a stream as the API answers it. */
export function shownCoverage({ market, intervalMs }: Stream, found: Coverage): CoverageAnswer {
  const { firstOpenMs, lastOpenMs, imported, widthMs } = found
  return {
    market,
    interval: formatInterval(intervalMs),
    bars: found.bars,
    first: dated(firstOpenMs),
    last: dated(lastOpenMs),
    missing: found.missing,
    gaps: found.gaps.map(shownGap),
    moreGaps: found.moreGaps,
    imported: imported && {
      rows: imported.rows,
      first: isoDate(imported.firstOpenMs),
      last: isoDate(imported.lastOpenMs),
    },
    width: formatInterval(widthMs),
    stretches: found.stretches.map(({ openMs, bars, imported, anomalies, faults }) => ({
      date: isoDate(openMs),
      expected: expectedWithin(openMs, openMs + widthMs, firstOpenMs, lastOpenMs, intervalMs),
      bars,
      imported,
      anomalies,
      faults,
    })),
  }
}

const shownGap = ({ fromMs, toMs, missing }: Gap): GapAnswer => ({
  from: isoDate(fromMs),
  to: isoDate(toMs),
  missing,
})

const dated = (ms: number | null) => (ms === null ? null : isoDate(ms))

/** How many bars should open from one moment to another, between the first and the last bar. */
function expectedWithin(
  fromMs: number,
  toMs: number,
  firstMs: number | null,
  lastMs: number | null,
  intervalMs: number,
): number {
  if (firstMs === null || lastMs === null) return 0
  const [from, to] = [Math.max(fromMs, firstMs), Math.min(toMs, lastMs + intervalMs)]
  return Math.max(0, Math.ceil((to - firstMs) / intervalMs) - Math.ceil((from - firstMs) / intervalMs))
}
