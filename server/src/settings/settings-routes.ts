import { formatInterval } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import type { Settings } from './settings.ts'
import { shownSettings } from './shown.ts'

/** `/api/settings`: what is set for one stream, and its history. */
export function settings(all: Pick<Settings, 'of' | 'budgetOf' | 'history' | 'change'>): Router {
  async function answer(stream: Stream) {
    const history = (await all.history(stream)).map(shownSettings)
    const { alarmsPerWeek, leastSizePercent, marketLane, feedLane, calendar } = all.of(stream)
    return {
      market: stream.market,
      interval: formatInterval(stream.intervalMs),
      alarmsPerWeek,
      leastSizePercent,
      marketLane,
      feedLane,
      calendar,
      inForce: all.budgetOf(stream),
      since: history[0]?.since ?? null,
      note: history[0]?.note ?? '',
      history,
    }
  }

  const router = Router()
  handle(router, 'GET /api/settings', ({ query: { market, interval } }) => answer({ market, intervalMs: interval }))
  handle(router, 'PATCH /api/settings', async ({ body: { market, interval, note, ...change } }) => {
    const stream = { market, intervalMs: interval }
    await all.change(stream, { settings: change, note })
    return answer(stream)
  })
  return router
}
