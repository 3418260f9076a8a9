import { checkBars } from '../commits.ts'
import type { HeldRowStore } from '../held-rows.ts'
import type { Connections } from './connection.ts'
import * as rows from './rows.ts'

/** The held rows in PostgreSQL. */
export function postgresHeldRows({ query }: Connections): HeldRowStore {
  return {
    async held(stream) {
      const [row] = await query<rows.BarRow>(selectHeld, rows.keyOf(stream))
      return row ? rows.barOf(stream, row) : null
    },

    async hold(stream, bar) {
      checkBars(stream, [bar])
      await query(upsertHeld, [...rows.keyOf(stream), rows.barRows(stream, [bar])])
    },

    async release(stream) {
      await query('delete from held_rows where market = $1 and interval = $2', rows.keyOf(stream))
    },
  }
}

const selectHeld = `select ${rows.barNames} from held_rows where market = $1 and interval = $2`

const upsertHeld = `
  insert into held_rows (market, interval, ${rows.barNames})
  select $1, $2, ${rows.barNames} from json_to_recordset($3::json) as given (${rows.barColumns})
  on conflict (market, interval) do update set (${rows.barNames}) = (
    excluded.open_time, excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume, excluded.seen
  )`
