import { loadCsv } from '@candlewatch/adapters/sources/csv/series'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Series } from '@candlewatch/core/types'
import { Option } from 'commander'
import { marketName } from '../option-values.ts'
import { seriesFromDatabase } from './database.ts'

export interface RowsOptions {
  readonly csv?: string
  readonly database?: string
  readonly interval: string
}

export function databaseOption(): Option {
  return new Option('--database <market>', 'instead: rows of the database (DATABASE_URL, else the private one)')
    .argParser(marketName)
    .conflicts('csv')
}

export function marksOption(): Option {
  return new Option('--marks', "what people marked right, wrong and missed of this market's alarms, in the database")
}

/** The rows to judge. Throws what their reader throws, and ERR_OPTION_INVALID when none are named. */
export async function readRows({ csv, database, interval }: RowsOptions): Promise<Series> {
  if (csv !== undefined) return loadCsv(csv)
  if (database !== undefined) return seriesFromDatabase(database, interval)
  const message =
    'Expected --csv FILE or --database MARKET, found neither. Name one; npm run backtest takes --series too.'
  throw new CandlewatchError('ERR_OPTION_INVALID', message)
}
