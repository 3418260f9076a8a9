import type { Row } from '@candlewatch/api/bars'
import { type Candle, faultOf } from '@candlewatch/core/bar'
import { CandlewatchError, type ErrorCode } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { closeOf, lastOpening, type Stream } from '@candlewatch/core/time'
import type { Bar, Ms } from '@candlewatch/core/types'

/** The reason why a row is refused. */
export interface RowFault {
  readonly code: ErrorCode
  readonly field: 'date' | 'market' | 'interval' | keyof Candle
  /** The end of "Expected …"; `found` is the end of "found …". */
  readonly expected: string
  readonly found: string
  /** Advice for the sender, in whole sentences. */
  readonly advice: string
}

/** Rows that passed the check: bars of one stream. */
export interface CheckedRows {
  readonly stream: Stream
  readonly bars: readonly Bar[]
}

/**
 * The check that every row passes before it is judged, whichever source it comes from. It looks at each row by itself; whether
 * the row fits what is stored is checked in turn with the other rows of its stream (`bar-order.ts`).
 * Throws ERR_ROWS_MIXED, ERR_BAR_MISALIGNED, ERR_BAR_FUTURE and ERR_BAR_IMPOSSIBLE, with the row's position in `details`.
 */
export function checkRows(rows: readonly [Row, ...Row[]], now: Ms): CheckedRows {
  const [first] = rows
  const stream = { market: first.market, intervalMs: first.interval }
  const bars = rows.map((row, i) => {
    const fault = mixedFault(row, first, i) ?? rowFault(row, now)
    if (fault) throw refusal(fault, i)
    return barOf(row, now)
  })
  return { stream, bars }
}

/** The check for a row that comes alone. Throws what `checkRows` throws. */
export function checkRow(row: Row, now: Ms): Bar {
  const fault = rowFault(row, now)
  if (fault) throw refusal(fault)
  return barOf(row, now)
}

/** The error for a row. `row` is its position, where several came together. */
export function refusal({ code, field, expected, found, advice }: RowFault, row?: number): CandlewatchError {
  const details = row === undefined ? { expected, found } : { row, expected, found }
  return new CandlewatchError(code, `Expected ${expected}, found ${found}. ${advice}`, { field, details })
}

function mixedFault(row: Row, first: Row, position: number): RowFault | null {
  const field = (['market', 'interval'] as const).find(name => row[name] !== first[name])
  if (field === undefined) return null
  const [found, expected] = [row, first].map(it => (field === 'market' ? it.market : formatInterval(it.interval)))
  return {
    code: 'ERR_ROWS_MIXED',
    field,
    expected: `every row of one array to have the same ${field} (${expected})`,
    found: `${found} in row ${position}`,
    advice: 'Send one array for each.',
  }
}

function rowFault(row: Row, now: Ms): RowFault | null {
  return timeFault(row.date, row.interval, now) ?? candleFault(row)
}

/** The fault in the time of a row that opens at `openMs`; null if there is none. */
export function timeFault(openMs: Ms, intervalMs: Ms, now: Ms): RowFault | null {
  if (openMs < 0) {
    return {
      code: 'ERR_BAR_IMPOSSIBLE',
      field: 'date',
      expected: 'a date from 1970 on',
      found: isoDate(openMs),
      advice: 'Send later rows.',
    }
  }
  const opening = lastOpening(openMs, intervalMs)
  if (openMs !== opening) {
    return {
      code: 'ERR_BAR_MISALIGNED',
      field: 'date',
      expected: `the opening of a ${formatInterval(intervalMs)} bar`,
      found: isoDate(openMs),
      advice: `The one before it is ${isoDate(opening)}.`,
    }
  }
  const close = closeOf(openMs, intervalMs)
  if (close <= now) return null
  return {
    code: 'ERR_BAR_FUTURE',
    field: 'date',
    expected: `a bar that has closed by now, ${isoDate(now)}`,
    found: `the one that opens at ${isoDate(openMs)} and closes at ${isoDate(close)}`,
    advice: 'Send it after its close.',
  }
}

function candleFault(candle: Candle): RowFault | null {
  const fault = faultOf(candle)
  if (!fault) return null
  return {
    code: 'ERR_BAR_IMPOSSIBLE',
    field: fault.field,
    expected: `${fault.field} to be ${fault.expected}`,
    found: fault.found,
    advice: 'No market makes such a candle: check the feed.',
  }
}

function barOf({ market, interval, date, open, high, low, close, volume }: Row, now: Ms): Bar {
  return { market, ts: closeOf(date, interval), seen: now, open, high, low, close, volume }
}
