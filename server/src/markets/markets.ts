import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { MarketStore } from '@candlewatch/adapters/stores/markets'
import { replayedMarket } from '@candlewatch/api/values/replay-market'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Choice } from '@candlewatch/core/forecast/model-choice'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { type Stream, streamKey } from '@candlewatch/core/time'
import { Router } from 'express'
import { handle } from '../http/handle.ts'

/** The models and the budget in use. */
export interface Watch {
  /** The model that judges a stream, and why. */
  modelFor(stream: Stream): Choice<{ readonly manifest: { readonly name: string; readonly version: string } }>
  alarmsPerWeek(stream: Stream): number
}

/** The parts that the routes for markets work with. */
export interface MarketsParts {
  readonly store: BarStore & MarketStore
  readonly watch: Watch
  readonly clock: Clock
  /** Called after a market was archived or deleted. */
  removed(stream: Stream): void
}

/** `/api/markets`: the streams that have bars. */
export function markets({ store, watch, clock, removed }: MarketsParts): Router {
  const router = Router()
  handle(router, 'GET /api/markets', async ({ query }) => {
    const archived = new Set((await store.archived()).map(streamKey))
    const all = (await store.streams()).map(stream => ({ stream, isArchived: archived.has(streamKey(stream)) }))
    return {
      markets: all
        .filter(({ isArchived }) => query.archived === 'true' || !isArchived)
        .map(({ stream, isArchived }) => ({
          market: stream.market,
          interval: formatInterval(stream.intervalMs),
          replayOf: replayedMarket(stream.market)?.of ?? null,
          bars: stream.bars,
          first: isoDate(stream.firstOpenMs),
          last: isoDate(stream.lastOpenMs),
          archived: isArchived,
          alarmsPerWeek: watch.alarmsPerWeek(stream),
          model: modelOf(watch.modelFor(stream)),
        })),
    }
  })
  handle(router, 'PATCH /api/markets', async ({ body: { market, interval: intervalMs, archived } }) => {
    const stream = { market, intervalMs }
    if (!(await store.archive(stream, archived ? clock.now() : null))) throw unknown(stream)
    if (archived) removed(stream)
    return { market, interval: formatInterval(intervalMs), archived }
  })
  handle(router, 'DELETE /api/markets', async ({ query: { market, interval: intervalMs } }) => {
    const stream = { market, intervalMs }
    const known = [...(await store.streams()), ...(await store.archived())]
    if (!known.some(one => streamKey(one) === streamKey(stream))) throw unknown(stream)
    await store.deleteStream(stream)
    removed(stream)
  })
  return router
}

function modelOf({ model: { manifest }, because }: ReturnType<Watch['modelFor']>) {
  return { name: manifest.name, version: manifest.version, because }
}

function unknown({ market, intervalMs }: Stream): CandlewatchError {
  const message = `Expected a market with bars, found none for ${market} ${formatInterval(intervalMs)}. GET /api/markets?archived=true lists them.`
  return new CandlewatchError('ERR_NOT_FOUND', message)
}
