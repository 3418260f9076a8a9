import { CandlewatchError } from '@candlewatch/core/errors'
import pg from 'pg'
import { codeOf, reasonOf } from '../../system-error.ts'

const oldestServer = 15
const connectTimeoutMs = 5_000
const closePatienceMs = 1_000

/** A pool of connections to one database. Every call throws ERR_DATABASE_UNREACHABLE, ERR_DATABASE_REFUSED, ERR_DATABASE_VERSION. */
export interface Connections {
  /**
   * Runs `work` on a connection that nobody else uses meanwhile. When it takes longer than the pool's patience, the connection
   * is cut and the call rejects: whether the database has done the work is then unknown.
   */
  use<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T>
  /** Runs one statement and returns its rows. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** Commits when `work` resolves and rolls back when it rejects. */
  transaction<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T>
  readonly pool: PoolState
  close(): Promise<void>
}

/** The limits of a pool. */
export interface ConnectionLimits {
  /** The most connections that it opens. */
  readonly max: number
  /** How long one use of a connection may take; null = as long as it wants. Statements on the server have the same limit. */
  readonly patienceMs: number | null
}

/** The pool's limit, its open and idle connections, and how many callers wait for one. */
export interface PoolState {
  readonly max: number
  readonly open: number
  readonly idle: number
  readonly waiting: number
}

/** Makes a pool whose errors have our codes and never contain the password. The server's version is checked once, on first use. */
export function connections(databaseUrl: string, { max, patienceMs }: ConnectionLimits): Connections {
  const pool = makePool(databaseUrl, max)
  const address = addressOf(databaseUrl)
  const prepared = new WeakSet<pg.ClientBase>()
  let checked = false
  let closed: Promise<void> | null = null

  /** Brings a new connection into the state that the program expects, whatever the server's defaults are. */
  async function prepare(client: pg.ClientBase): Promise<void> {
    if (prepared.has(client)) return
    if (!checked) await requireVersion(client, address)
    checked = true
    await client.query(sessionSettings(patienceMs))
    prepared.add(client)
  }

  async function connect(): Promise<pg.PoolClient> {
    try {
      return await pool.connect()
    } catch (error) {
      throw unreachable(address, reasonOf(error), error)
    }
  }

  async function use<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    const client = await connect()
    let isReleased = false
    let isLate = false
    const release = (broken: boolean) => {
      if (!isReleased) client.release(broken)
      isReleased = true
    }
    const timer =
      patienceMs === null
        ? undefined
        : setTimeout(() => {
            isLate = true
            // Ends the queries under way: a connection that is silent once is not trusted again.
            release(true)
          }, patienceMs)
    let isBroken = false
    try {
      await prepare(client)
      return await work(client)
    } catch (error) {
      if (isLate) throw unreachable(address, `no answer within ${patienceMs} ms`, error)
      isBroken = isConnectionLost(error) || !prepared.has(client)
      if (isConnectionLost(error)) throw unreachable(address, reasonOf(error), error)
      throw refusal(address, error) ?? error
    } finally {
      clearTimeout(timer)
      release(isBroken)
    }
  }

  return {
    use,
    query: (text, values = []) => use(async client => (await client.query(text, [...values])).rows),
    transaction: work =>
      use(async client => {
        try {
          await client.query('begin')
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
      closed ??= soon(pool.end())
      return closed
    },
  }
}

/** The settings of a session. Numbers and times are read back exactly only as these write them. */
function sessionSettings(patienceMs: number | null): string {
  const settings = [`set extra_float_digits = 1`, `set datestyle = 'ISO, MDY'`, `set timezone = 'UTC'`]
  if (patienceMs === null) return settings.join(';')
  // A statement ends before the client gives up on it, so that the outcome is known wherever it can be.
  const timeout = Math.ceil(patienceMs * 0.8)
  return [
    ...settings,
    `set statement_timeout = ${timeout}`,
    `set idle_in_transaction_session_timeout = ${patienceMs}`,
  ].join(';')
}

/** Waits for the end of connections, but not for that of a silent one. */
export async function soon(end: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, closePatienceMs)
  })
  await Promise.race([end, late]).finally(() => clearTimeout(timer))
}

function makePool(databaseUrl: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'candlewatch',
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
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

function unreachable(address: string, reason: string, cause: unknown): CandlewatchError {
  return new CandlewatchError(
    'ERR_DATABASE_UNREACHABLE',
    `Expected a PostgreSQL that answers at ${address}, found none (${reason}). Start it, or correct DATABASE_URL.`,
    { cause },
  )
}

/** What the state of the server refuses, by the class or code of its error (PostgreSQL, appendix A). */
const refusals: readonly (readonly [code: RegExp, found: string, todo: string])[] = [
  [/^25006$/, 'a read-only database', 'Make it writable, or point DATABASE_URL at the primary server'],
  [/^53100$/, 'a full disk', 'Free space on the database server'],
  [/^53.../, 'a server without resources left', 'Give it more memory or connections'],
  [/^(57014|55P03)$/, 'a statement that ran out of time', 'Look for locks and slow queries in pg_stat_activity'],
]

function refusal(address: string, cause: unknown): CandlewatchError | null {
  const code = cause instanceof Error ? codeOf(cause) : null
  const found = code === null ? undefined : refusals.find(([pattern]) => pattern.test(code))
  if (!found) return null
  const [, what, todo] = found
  return new CandlewatchError(
    'ERR_DATABASE_REFUSED',
    `Expected PostgreSQL at ${address} to do as asked, found ${what} (${reasonOf(cause)}). ${todo}.`,
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
