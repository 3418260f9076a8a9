import { verdictAnswer } from '@candlewatch/api/values/sentences'
import { Router } from 'express'
import { handle } from '../http/handle.ts'
import type { Live } from './live.ts'

/** `POST /api/what-if`: the verdict on a made-up next bar. */
export function whatIf(live: Pick<Live, 'whatIf'>): Router {
  const router = Router()
  handle(router, 'POST /api/what-if', async ({ body: { market, interval: intervalMs, ...numbers } }) =>
    verdictAnswer(await live.whatIf({ market, intervalMs }, numbers)),
  )
  return router
}
