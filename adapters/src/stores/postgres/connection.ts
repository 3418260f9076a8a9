import { CandlewatchError } from '@candlewatch/core/errors'
import pg from 'pg'

const oldestServer = 15
const connectTimeoutMs = 5_000

export interface Connections {
  /** Runs `work` on one connection of its own. Throws ERR_DATABASE_UNREACHABLE, ERR_DATABASE_VERSION. */
  use<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T>
  readonly pool: PoolState
  close(): Promise<void>
}

/** How many connections there are, how many of them are free, and how many callers wait for one. */
export interface PoolState {
  readonly most: number
  readonly open: number
  readonly idle: number
  readonly waiting: number
}

/** A pool whose failures carry our codes, and never the password. The server's version is checked once, when first reached. */
export function connections(databaseUrl: string, most: number): Connections {
  const pool = makePool(databaseUrl, most)
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

  return {
    async use(work) {
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
    },
    get pool() {
      return { most, open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }
    },
    close() {
      closed ??= pool.end()
      return closed
    },
  }
}

function makePool(databaseUrl: string, most: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: most,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'candlewatch',
    keepAlive: true,
    types: { getTypeParser },
  })
  // A server that restarts drops connections, idle or not. The pool replaces them, and whoever asks next hears what is
  // wrong; without listeners node would end the process.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  return pool
}

/** Times as a session in UTC writes them, read in a third of pg's own time: a chart's bars have two of them each. */
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
  const reason = (cause as { code?: unknown }).code ?? (cause as Error).message
  return new CandlewatchError(
    'ERR_DATABASE_UNREACHABLE',
    `Expected a PostgreSQL that answers at ${address}, found none (${reason}). Start it, or correct DATABASE_URL.`,
    { cause },
  )
}

/** Host, port and database alone: user and password stay out of messages and logs. */
function addressOf(databaseUrl: string): string {
  try {
    const { host, pathname } = new URL(databaseUrl)
    return host + pathname || 'the default address'
  } catch {
    return 'the given address, which is not a URL'
  }
}

// Of a connection that was open. 08: connection exceptions; 57P01 to 57P03: shutting down or starting up. The texts are
// pg's own, which have no code.
const lostCodes = /^(08...|57P0[1-3]|ECONN\w+|EPIPE|ETIMEDOUT)$/
const lostTexts = /^Connection terminated|^Client has encountered a connection error|^Client was closed/

function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? lostCodes.test(code) : lostTexts.test(error.message)
}
