import type { BarStore } from '@candlewatch/adapters/stores/bars'
import { replayedMarket } from '@candlewatch/api/values/replay-market'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { Router } from 'express'
import { handle } from '../http/handle.ts'

/** The model and the budget in use. */
export interface Watch {
  /** The model in use. */
  model(): { readonly name: string; readonly version: string }
  alarmsPerWeek(): number
}

/** `GET /api/markets`: the streams that have bars. */
export function markets(store: BarStore, { model, alarmsPerWeek }: Watch): Router {
  const router = Router()
  handle(router, 'GET /api/markets', async () => {
    const streams = await store.streams()
    const { name, version } = model()
    return {
      markets: streams.map(stream => ({
        market: stream.market,
        interval: formatInterval(stream.intervalMs),
        replayOf: replayedMarket(stream.market)?.of ?? null,
        bars: stream.bars,
        first: isoDate(stream.firstOpenMs),
        last: isoDate(stream.lastOpenMs),
        alarmsPerWeek: alarmsPerWeek(),
        model: { name, version },
      })),
    }
  })
  return router
}
