import type { Stream } from '@candlewatch/core/time'
import type pg from 'pg'
import type { OwnerStore } from '../owners.ts'
import { lockStream } from './commits.ts'
import type { Connections } from './connection.ts'
import type { Line } from './line.ts'
import { keyOf } from './rows.ts'

/** The owners of streams in PostgreSQL. */
export function postgresOwners({ query }: Connections, line: Pick<Line, 'query'>): Omit<OwnerStore, 'writesOf'> {
  return {
    async register({ address, key }, validMs) {
      const [row] = await query<{ epoch: string }>(insertProcess, [address, key, validMs])
      return Number(row?.epoch)
    },

    async renew({ epoch, address }, validMs) {
      const text = 'select epoch, address, key from renew_process($1, $2, $3)'
      // Not on a connection of the pool: it would wait while all of those are busy.
      const found = await line.query<ProcessRow>(text, [epoch, address, validMs])
      if (found.length === 0) return null
      return found.map(row => ({ epoch: Number(row.epoch), address: row.address, key: row.key }))
    },

    async claim(stream, epoch) {
      const values = [...keyOf(stream), epoch]
      const [row] = await query<{ owner: string | null }>('select claim_stream($1, $2, $3) as owner', values)
      return row?.owner == null ? null : Number(row.owner)
    },

    async leave(epoch) {
      await line.query('delete from processes where epoch = $1', [epoch])
    },
  }
}

/** Takes the stream's turn to write until the transaction ends, and makes the next judge of it read what was written. */
export async function disown(client: pg.ClientBase, stream: Stream): Promise<void> {
  await lockStream(client, stream, null)
  await client.query('delete from stream_owners where market = $1 and interval = $2', [...keyOf(stream)])
}

interface ProcessRow {
  readonly epoch: string
  readonly address: string | null
  readonly key: string
}

// Processes that ended without leaving are of no use to anyone after a while.
const insertProcess = `
  with gone as (delete from processes where valid_until < clock_timestamp() - interval '1 hour')
  insert into processes (address, key, valid_until) values ($1, $2, clock_timestamp() + $3 * interval '1 ms')
  returning epoch`
