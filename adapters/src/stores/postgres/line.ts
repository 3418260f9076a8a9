import { CandlewatchError } from '@candlewatch/core/errors'
import pg from 'pg'
import { reasonOf } from '../../system-error.ts'
import type { NoticeListener } from '../notices.ts'
import { soon } from './connection.ts'

/** Each query is short, and one that is not answered in this time means a dead connection. */
const timeoutMs = 1_500
const channel = 'candlewatch'

/**
 * A connection of its own, for short queries that must not wait for others and for notices. It is opened by the first query
 * and again by the first query after an interruption.
 */
export interface Line {
  query<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>
  /** Listens until the returned function is called; notices come while there is a connection. */
  listen(listener: NoticeListener): () => void
  close(): Promise<void>
}

/** Makes a line to a database; it is not connected yet. */
export function makeLine(databaseUrl: string): Line {
  const listeners = new Set<NoticeListener>()
  let open: Promise<pg.Client> | null = null
  let isClosed = false

  return {
    async query<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
      open ??= connect()
      const mine = open
      try {
        return (await (await mine).query<Row & pg.QueryResultRow>(text, [...values])).rows
      } catch (error) {
        lose(mine)
        throw unreachable(error)
      }
    },
    listen(listener) {
      listeners.add(listener)
      if (open) setImmediate(() => listener.missed())
      return () => void listeners.delete(listener)
    },
    async close() {
      isClosed = true
      const last = open
      open = null
      if (last) await soon(last.then(client => client.end())).catch(() => {})
    },
  }

  function connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'candlewatch',
      keepAlive: true,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
    })
    client.on('notification', ({ payload = '' }) => {
      for (const listener of listeners) listener.received(payload)
    })
    const ready = isClosed ? Promise.reject(new Error('the store is closed')) : begun(client)
    client.on('error', () => lose(ready))
    client.on('end', () => lose(ready))
    return ready
  }

  async function begun(client: pg.Client): Promise<pg.Client> {
    try {
      await client.connect()
      await client.query(`listen ${channel}`)
    } catch (error) {
      void client.end().catch(() => {})
      throw error
    }
    for (const listener of listeners) listener.missed()
    return client
  }

  function lose(lost: Promise<pg.Client> | null): void {
    if (lost === null || lost !== open) return
    open = null
    // It may be dead: nobody waits for its end.
    lost.then(client => client.end()).catch(() => {})
  }
}

/** Sends notices. They are lost with the database, so their commit need not wait for the disk. */
export const sendNotices = `
  with quick as materialized (select set_config('synchronous_commit', 'off', true))
  select pg_notify('${channel}', text) from quick, unnest($1::text[]) as text`

function unreachable(cause: unknown): CandlewatchError {
  const message = `Expected a PostgreSQL that answers within ${timeoutMs} ms, found none (${reasonOf(cause)}).`
  return new CandlewatchError('ERR_DATABASE_UNREACHABLE', message, { cause })
}
