import { latestMs } from '@candlewatch/api/values/limits'
import { CandlewatchError } from '@candlewatch/core/errors'
import { nth } from '@candlewatch/core/nth'
import type { Market, Ms } from '@candlewatch/core/types'

/** A query for one page of a range of bars. */
interface PageQuery {
  readonly market: Market
  readonly interval: Ms
  readonly from?: Ms | undefined
  readonly to?: Ms | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/** The range to read from the store: one row longer than the page, which shows if there is an older page. */
export function rangeOf(query: PageQuery) {
  const before = query.cursor === undefined ? null : opened(query.cursor)
  const to = query.to ?? null
  return {
    market: query.market,
    intervalMs: query.interval,
    fromMs: query.from ?? null,
    toMs: before !== null && (to === null || before < to) ? before : to,
    limit: query.limit + 1,
  }
}

/** The newest `limit` rows and the cursor of the page before them; null when there is none. `openOf` gives the open of a row. */
export function pageOf<T>(rows: readonly T[], limit: number, openOf: (row: T) => number) {
  if (rows.length <= limit) return { page: rows, nextCursor: null }
  const page = rows.slice(rows.length - limit)
  return { page, nextCursor: Buffer.from(`before:${openOf(nth(page, 0))}`).toString('base64url') }
}

function opened(cursor: string): Ms {
  const match = /^before:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())
  const openMs = Number(match?.[1] ?? Number.NaN)
  if (openMs <= latestMs) return openMs as Ms
  throw new CandlewatchError('ERR_QUERY_INVALID', 'cursor: Expected the nextCursor of an earlier answer.', {
    field: 'cursor',
  })
}
