import type { BarStore } from '@candlewatch/adapters/stores/bars'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { Router } from 'express'

export interface Watch {
  /** Who judges now. */
  model(): { readonly name: string; readonly version: string }
  alarmsPerWeek(): number
}

/** `GET /api/markets`: what there is to look at. */
export function markets(store: BarStore, { model, alarmsPerWeek }: Watch): Router {
  return Router().get('/api/markets', async (_request, response) => {
    const streams = await store.streams()
    const { name, version } = model()
    response.json({
      markets: streams.map(stream => ({
        market: stream.market,
        interval: formatInterval(stream.intervalMs),
        bars: stream.bars,
        first: isoDate(stream.firstOpenMs),
        last: isoDate(stream.lastOpenMs),
        alarmsPerWeek: alarmsPerWeek(),
        model: { name, version },
      })),
    })
  })
}
