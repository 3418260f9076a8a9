import type { Stream } from '@candlewatch/adapters/stores/store'
import { faultOf } from '@candlewatch/core/bar'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Bar, Ms } from '@candlewatch/core/types'
import { type Response, Router } from 'express'
import { z } from 'zod'
import { jsonBody } from '../http/json-body.ts'
import { parsed } from '../http/problem.ts'
import { mostRows, type Row, row } from '../http/schemas.ts'
import type { Live } from './live.ts'

const rows = z.array(row)

/** Called with each row that is refused, before the request is answered. */
export type Refused = (stream: Stream, openMs: Ms, error: CandlewatchError) => void

/** `POST /predict_anomaly`: one row or an array in, a verdict or an array out. */
export function predictAnomaly(live: Live, refused: Refused, clock: Clock): Router {
  return Router().post('/predict_anomaly', jsonBody('4mb'), async (request, response) => {
    const body: unknown = request.body
    if (Array.isArray(body)) {
      try {
        response.json(await answer(checkedSize(body), response))
      } catch (error) {
        throw amongOthers(error)
      }
      return
    }
    if (typeof body !== 'object' || body === null) {
      throw new CandlewatchError('ERR_BODY_SHAPE', 'Expected one row as a JSON object, or an array of rows.')
    }
    try {
      response.json((await answer([body], response))[0])
    } catch (error) {
      throw alone(error)
    }
  })

  async function answer(body: readonly unknown[], { locals }: Response) {
    const now = clock.now()
    const checked = parsed(rows, body, 'ERR_ROW_INVALID')
    const [first] = checked
    Object.assign(locals, { market: first!.market, rows: checked.length })
    const stream = { market: first!.market, intervalMs: first!.interval }
    try {
      const bars = checked.map((it, i) => {
        refuseMixed(it, first!, i)
        return barOf(it, i, now)
      })
      return await live.answer(stream, bars)
    } catch (error) {
      if (error instanceof CandlewatchError) refused(stream, rowOf(error, checked).date, error)
      throw error
    }
  }
}

function checkedSize(body: readonly unknown[]): readonly unknown[] {
  if (body.length === 0) {
    throw new CandlewatchError('ERR_BODY_SHAPE', `Expected an array of 1 to ${mostRows} rows, found an empty one.`)
  }
  if (body.length > mostRows) {
    throw new CandlewatchError(
      'ERR_BODY_TOO_LARGE',
      `Expected an array of at most ${mostRows} rows, found ${body.length}. Send them in parts.`,
    )
  }
  return body
}

function refuseMixed(it: Row, first: Row, i: number): void {
  for (const name of ['market', 'interval'] as const) {
    if (it[name] === first[name]) continue
    const [found, expected] = [it, first].map(one => (name === 'market' ? one.market : formatInterval(one.interval)))
    throw new CandlewatchError(
      'ERR_ROWS_MIXED',
      `Expected every row of one array to have the same ${name} (${expected}), found ${found} in row ${i}. Send one array for each.`,
      { field: `[${i}].${name}` },
    )
  }
}

/** Throws ERR_BAR_MISALIGNED, ERR_BAR_FUTURE, ERR_BAR_IMPOSSIBLE. */
export function barOf(it: Row, i: number, now: Ms): Bar {
  const { open, high, low, close, volume } = it
  const ts = (it.date + it.interval) as Ms
  if (it.date % it.interval !== 0) {
    throw new CandlewatchError(
      'ERR_BAR_MISALIGNED',
      `Expected the opening of a ${formatInterval(it.interval)} bar, found ${isoDate(it.date)}. The one before it is ${isoDate(it.date - (it.date % it.interval))}.`,
      { field: `[${i}].date` },
    )
  }
  if (ts > now) {
    throw new CandlewatchError(
      'ERR_BAR_FUTURE',
      `Expected a bar that has closed; the one that opened at ${isoDate(it.date)} closes at ${isoDate(ts)}, and it is ${isoDate(now)}. Send it after its close.`,
      { field: `[${i}].date` },
    )
  }
  const fault = faultOf({ open, high, low, close, volume })
  if (fault) {
    throw new CandlewatchError(
      'ERR_BAR_IMPOSSIBLE',
      `Expected ${fault.field} to be ${fault.expected}, found ${fault.found}. No market makes such a candle: look at the feed.`,
      { field: `[${i}].${fault.field}` },
    )
  }
  return { kind: 'bar', market: it.market, ts, seen: now, open, high, low, close, volume }
}

/** The row that an error speaks of. */
function rowOf({ field }: CandlewatchError, all: readonly Row[]): Row {
  return all[Number(/^\[(\d+)\]/.exec(field ?? '')?.[1] ?? 0)]!
}

/** The error of a row of an array. All rows are looked at before the first is judged, so that none of them is stored. */
function amongOthers(error: unknown): unknown {
  if (!(error instanceof CandlewatchError) || error.field === undefined) return error
  const { code, field, message, cause } = error
  const which = message.startsWith(field) ? '' : `${field}: `
  return new CandlewatchError(code, `${which}${message} Nothing of this array was stored.`, { cause, field })
}

/** The error of the only row, whose fields need no index. */
export function alone(error: unknown): unknown {
  if (!(error instanceof CandlewatchError) || !error.field?.startsWith('[0]')) return error
  const field = error.field.replace(/^\[0\]\.?/, '')
  const message = error.message.replace(/^\[0\]\.?(?:: )?/, '')
  return new CandlewatchError(error.code, message, { cause: error.cause, ...(field === '' ? {} : { field }) })
}
