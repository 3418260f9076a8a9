import { CandlewatchError } from '@candlewatch/core/errors'
import pg from 'pg'
import { codeOf, reasonOf } from '../../system-error.ts'

const oldestServer = 15
const connectTimeoutMs = 5_000

/** A pool of connections to one database. Every call throws ERR_DATABASE_UNREACHABLE, ERR_DATABASE_VERSION. */
export interface Connections {
  /** Runs `work` on a connection that nobody else uses meanwhile. */
  use<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T>
  /** Runs one statement and returns its rows. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** Commits when `work` resolves and rolls back when it rejects. `begin` is the statement that starts the transaction. */
  transaction<T>(work: (client: pg.ClientBase) => Promise<T>, begin?: string): Promise<T>
  readonly pool: PoolState
  close(): Promise<void>
}

/** The pool's limit, its open and idle connections, and how many callers wait for one. */
export interface PoolState {
  readonly max: number
  readonly open: number
  readonly idle: number
  readonly waiting: number
}

// A seq is drawn when a row is written, but readers see the row when its transaction commits. If two commits overlapped, the
// later seq could be seen first, and a reader resuming after it would skip the earlier one for good. The lock makes drawing
// and committing one turn; it ends with the transaction. The number is arbitrary, but the same everywhere.
/** Begins a transaction that waits for others of its kind, so that verdicts become visible in the order of their seqs. */
export const beginInOrder = 'begin; select pg_advisory_xact_lock(2021051912)'

/** Makes a pool whose errors have our codes and never contain the password. The server's version is checked once, on first use. */
export function connections(databaseUrl: string, max: number): Connections {
  const pool = makePool(databaseUrl, max)
  const address = addressOf(databaseUrl)
  let checked = false
  let closed: Promise<void> | null = null

  const connect = async () => {
    const client = await pool.connect()
    try {
      if (!checked) await requireVersion(client, address)
      checked = true
      return client
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  async function use<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    const client = await connect().catch(error => {
      throw error instanceof CandlewatchError ? error : unreachable(address, error)
    })
    let broken = false
    try {
      return await work(client)
    } catch (error) {
      broken = isConnectionLost(error)
      throw broken ? unreachable(address, error) : error
    } finally {
      client.release(broken)
    }
  }

  return {
    use,
    query: (text, values = []) => use(async client => (await client.query(text, [...values])).rows),
    transaction: (work, begin = 'begin') =>
      use(async client => {
        try {
          await client.query(begin)
          const result = await work(client)
          await client.query('commit')
          return result
        } catch (error) {
          // On a lost connection this fails too; the server has then rolled back by itself.
          await client.query('rollback').catch(() => {})
          throw error
        }
      }),
    get pool() {
      return { max, open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }
    },
    close() {
      closed ??= pool.end()
      return closed
    },
  }
}

function makePool(databaseUrl: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'candlewatch',
    keepAlive: true,
    types: { getTypeParser },
  })
  // A server that restarts drops connections, idle or not. The pool replaces them, and the next query reports the error;
  // without listeners Node would end the process.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  return pool
}

/** Parses times as a session in UTC writes them, three times as fast as pg itself: each bar of a chart has two. */
function timeOf(text: string): Date {
  return text.endsWith('+00') && text[10] === ' '
    ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
    : usualTimeOf(text)
}

const usualTimeOf = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ)

const getTypeParser: typeof pg.types.getTypeParser = (id: number, format?: 'text' | 'binary') =>
  id === pg.types.builtins.TIMESTAMPTZ && format !== 'binary' ? timeOf : pg.types.getTypeParser(id, format as 'text')

async function requireVersion(client: pg.ClientBase, address: string): Promise<void> {
  const { rows } = await client.query<{ number: string; name: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as name`,
  )
  const found = rows[0]
  if (found && Number(found.number) >= oldestServer * 10_000) return
  throw new CandlewatchError(
    'ERR_DATABASE_VERSION',
    `Expected PostgreSQL ${oldestServer} or later at ${address}, found ${found?.name}. Upgrade it, or point DATABASE_URL at another server.`,
  )
}

function unreachable(address: string, cause: unknown): CandlewatchError {
  return new CandlewatchError(
    'ERR_DATABASE_UNREACHABLE',
    `Expected a PostgreSQL that answers at ${address}, found none (${reasonOf(cause)}). Start it, or correct DATABASE_URL.`,
    { cause },
  )
}

/** Returns host, port and database; user and password stay out of messages and logs. */
function addressOf(databaseUrl: string): string {
  try {
    const { host, pathname } = new URL(databaseUrl)
    return host + pathname || 'the default address'
  } catch {
    return 'the given address, which is not a URL'
  }
}

// Errors of a connection that was open. 08: connection exceptions; 57P01 to 57P03: shutting down or starting up. The texts
// are errors that pg raises without a code.
const lostCodes = /^(08...|57P0[1-3]|ECONN\w+|EPIPE|ETIMEDOUT)$/
const lostTexts = /^Connection terminated|^Client has encountered a connection error|^Client was closed/

function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = codeOf(error)
  return code === null ? lostTexts.test(error.message) : lostCodes.test(code)
}
