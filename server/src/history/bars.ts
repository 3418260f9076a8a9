import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { Candle } from '@candlewatch/adapters/stores/candles'
import type { Bar as BarAnswer, BarNumbers, Candle as CandleAnswer } from '@candlewatch/api/bars'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { openOf } from '@candlewatch/core/time'
import type { Bar, Market, Ms } from '@candlewatch/core/types'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import { pageOf, rangeOf } from '../http/pages.ts'

/** `GET /api/bars`: a page of bars, or a whole range as candles. */
export function bars(store: BarStore): Router {
  const router = Router()
  handle(router, 'GET /api/bars', async ({ query: { points, ...query } }) => {
    const { market, interval } = query
    if (points !== undefined) {
      const { widthMs, candles } = await store.candles({ ...rangeOf(query), points })
      return { bars: candles.map(candle => shownCandle(candle, market, widthMs)), nextCursor: null }
    }
    const { page, nextCursor } = pageOf(await store.bars(rangeOf(query)), query.limit, bar => openOf(bar, interval))
    return { bars: page.map(bar => shownBar(bar, interval)), nextCursor }
  })
  return router
}

function shownBar(bar: Bar, intervalMs: Ms): BarAnswer {
  const date = isoDate(openOf(bar, intervalMs))
  return { market: bar.market, interval: formatInterval(intervalMs), date, ...numbersOf(bar) }
}

function shownCandle(candle: Candle, market: Market, widthMs: Ms): CandleAnswer {
  const { openMs, bars, anomalies, faults } = candle
  const interval = formatInterval(widthMs)
  return { market, interval, date: isoDate(openMs), ...numbersOf(candle), bars, anomalies, faults }
}

const numbersOf = ({ open, high, low, close, volume }: BarNumbers): BarNumbers => ({ open, high, low, close, volume })
