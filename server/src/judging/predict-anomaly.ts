import type { Row } from '@candlewatch/api/bars'
import { row } from '@candlewatch/api/bars'
import { maxRows } from '@candlewatch/api/values/limits'
import { verdictAnswer } from '@candlewatch/api/values/sentences'
import type { VerdictAnswer } from '@candlewatch/api/verdict'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Stream } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { type Response, Router } from 'express'
import { z } from 'zod'
import { handle } from '../http/handle.ts'
import { parsed } from '../http/problem.ts'
import { mapInTurns } from '../platform/turns.ts'
import type { Live } from './live.ts'
import { checkRows } from './row-check.ts'

const rows = z.tuple([row]).rest(row)

/** Called with each row that is refused, before the request is answered. */
export type Refused = (stream: Stream, openMs: Ms, error: CandlewatchError) => void

/** `POST /predict_anomaly`: one row or an array in, a verdict or an array out. */
export function predictAnomaly(live: Live, refused: Refused, clock: Clock): Router {
  const router = Router()
  handle(router, 'POST /predict_anomaly', async ({ query, body }, { request, response }) => {
    const replay = query.replay ?? null
    if (Array.isArray(body)) {
      refuseSize(body)
      request.held.rows(body.length)
      try {
        return await answer(parsed(rows, body, 'ERR_ROW_INVALID'), replay, response)
      } catch (error) {
        throw amongOthers(error)
      }
    }
    if (typeof body !== 'object' || body === null) {
      throw new CandlewatchError('ERR_BODY_SHAPE', 'Expected one row as a JSON object, or an array of rows.')
    }
    request.held.rows(1)
    const [verdict] = await answer([parsed(row, body, 'ERR_ROW_INVALID')], replay, response)
    return verdict as VerdictAnswer
  })
  return router

  async function answer(
    given: readonly [Row, ...Row[]],
    replay: string | null,
    { locals }: Response,
  ): Promise<readonly VerdictAnswer[]> {
    const [{ market, interval }] = given
    Object.assign(locals, { market, rows: given.length })
    try {
      const { stream, bars } = checkRows(given, clock.now())
      return await mapInTurns(await live.answer(stream, bars, replay), verdictAnswer)
    } catch (error) {
      // A replay is no feed of the market.
      if (error instanceof CandlewatchError && !error.code.startsWith('ERR_REPLAY_')) {
        const { date } = given[error.details.row ?? 0] ?? given[0]
        refused({ market, intervalMs: interval }, date, error)
      }
      throw error
    }
  }
}

function refuseSize({ length }: readonly unknown[]): void {
  if (length === 0) {
    throw new CandlewatchError('ERR_BODY_SHAPE', `Expected an array of 1 to ${maxRows} rows, found an empty one.`)
  }
  if (length > maxRows) {
    const message = `Expected an array of at most ${maxRows} rows, found ${length}. Send them in parts.`
    throw new CandlewatchError('ERR_BODY_TOO_LARGE', message)
  }
}

/** The error of a row of an array, which says which row. All rows are checked before the first is judged, so that none is stored. */
function amongOthers(error: unknown): unknown {
  if (!(error instanceof CandlewatchError) || error.field === undefined) return error
  const { code, details, cause } = error
  const isNamed = details.row === undefined
  const field = isNamed ? error.field : `[${details.row}].${error.field}`
  const message = isNamed ? error.message : `${field}: ${error.message}`
  return new CandlewatchError(code, `${message} Nothing of this array was stored.`, { cause, field, details })
}
