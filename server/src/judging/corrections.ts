import type { Correction, CorrectionStore } from '@candlewatch/adapters/stores/corrections'
import type { BarNumbers } from '@candlewatch/api/bars'
import type { Correction as CorrectionAnswer } from '@candlewatch/api/corrections'
import { verdictAnswer } from '@candlewatch/api/values/sentences'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { openOf } from '@candlewatch/core/time'
import type { Bar, Verdict } from '@candlewatch/core/types'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import { pageOf, rangeOf } from '../http/pages.ts'
import type { Live } from './live.ts'
import { checkRow } from './row-check.ts'

/** `/api/corrections` and `DELETE /api/bars`: corrected numbers of bars that were judged, withdrawn bars, and the verdicts that they withdrew. */
export function corrections(live: Live, store: CorrectionStore, clock: Clock): Router {
  const router = Router()
  handle(router, 'POST /api/corrections', async ({ body: { reason, ...row } }, { response }) => {
    const stream = { market: row.market, intervalMs: row.interval }
    const { correction, verdicts } = await live.correct(stream, checkRow(row, clock.now()), reason)
    const [verdict] = verdicts as [Verdict, ...Verdict[]]
    if (!correction) response.status(200)
    return {
      correction: correction && shownCorrection(correction),
      verdict: verdictAnswer(verdict),
      judgedAgain: correction ? verdicts.length : 0,
    }
  })
  handle(router, 'DELETE /api/bars', async ({ query: { market, interval: intervalMs, date, reason } }) => {
    const { correction, newestTs } = await live.withdraw({ market, intervalMs }, date, reason, clock.now())
    const newest = newestTs === null ? null : isoDate(openOf({ ts: newestTs }, intervalMs))
    return { correction: shownCorrection(correction), newest }
  })
  handle(router, 'GET /api/corrections/:id', async ({ params: { id }, query: { limit } }) => {
    const found = await store.correction(/^\d{1,15}$/.test(id) ? Number(id) : 0, limit)
    if (!found) {
      throw new CandlewatchError('ERR_NOT_FOUND', `There is no correction ${id}. GET /api/corrections lists them.`)
    }
    return { correction: shownCorrection(found.correction), withdrawn: found.verdicts.map(verdictAnswer) }
  })
  handle(router, 'GET /api/corrections', async ({ query }) => {
    const found = await store.corrections(rangeOf(query))
    const { page, nextCursor } = pageOf(found, query.limit, ({ openMs }) => openMs)
    return { corrections: page.map(shownCorrection), nextCursor }
  })
  return router
}

function shownCorrection({ intervalMs, openMs, before, after, ...of }: Correction): CorrectionAnswer {
  return {
    id: of.id,
    market: of.market,
    interval: formatInterval(intervalMs),
    date: isoDate(openMs),
    kind: of.kind,
    bars: of.bars,
    revision: of.revision,
    reason: of.reason,
    at: isoDate(of.at),
    withdrawn: of.withdrawn,
    before: before && numbersOf(before),
    after: after && numbersOf(after),
  }
}

const numbersOf = ({ open, high, low, close, volume }: Bar): BarNumbers => ({ open, high, low, close, volume })
