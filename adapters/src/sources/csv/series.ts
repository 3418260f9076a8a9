import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Series } from '@candlewatch/core/types'
import { refuseFirst } from './fault.ts'
import { type CsvOptions, readRows } from './rows.ts'

export type { CsvOptions } from './rows.ts'

/**
 * All rows of a CSV file of candles, as `readRows` has them.
 * Throws ERR_CSV_MISSING, ERR_CSV_EMPTY, ERR_CSV_LAYOUT and, for a line that cannot be right, ERR_CSV_ROW.
 */
export async function loadCsv(file: string, options: CsvOptions = {}): Promise<Series> {
  const name = basename(file)
  try {
    const rows = await readRows(createReadStream(file), name, refuseFirst(name), options)
    const { market, intervalMs, length } = rows
    return { name, market, intervalMs, bars: Array.from({ length }, (_, row) => rows.barAt(row)) }
  } catch (error) {
    throw translated(error, file)
  }
}

function translated(cause: unknown, file: string): unknown {
  const { code } = cause as NodeJS.ErrnoException
  if (cause instanceof CandlewatchError || code === undefined) return cause
  const message = `${file}: expected a CSV file that can be read, found none (${code}). Check the path and its permissions.`
  return new CandlewatchError('ERR_CSV_MISSING', message, { cause })
}
