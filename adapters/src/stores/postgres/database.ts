import { CandlewatchError } from '@candlewatch/core/errors'
import { startEmbedded } from '../embedded/embedded.ts'
import { migrate, migrationNames } from './migrate.ts'
import { type PostgresStore, postgresStore } from './store.ts'

/** Which database to open. */
export interface DatabaseOptions {
  /** The address of a PostgreSQL. Without it a private one is started. */
  readonly url: string | undefined
  /** The folder of the private PostgreSQL. */
  readonly dataDir: string
  /** The most connections that this process opens. Default 10. */
  readonly connections?: number
}

/** An open database whose tables are up to date. */
export interface Database {
  readonly store: PostgresStore
  /** May contain a password. */
  readonly url: string
  /** The version of the private PostgreSQL; null if DATABASE_URL names another. */
  readonly privateVersion: string | null
  /** The name for logs: `private PostgreSQL 18.4`, or `PostgreSQL at DATABASE_URL`. */
  readonly name: string
  /** Throws ERR_DATABASE_MIGRATIONS if one of this program's migrations has not run. */
  migrated(): Promise<void>
  /** Closes the connections, and stops the private PostgreSQL unless another process uses it. */
  close(): Promise<void>
}

/**
 * Opens the database at the address, or starts a private PostgreSQL, and brings its tables up to date. Throws
 * ERR_DATABASE_UNAVAILABLE, ERR_DATABASE_UNREACHABLE, ERR_DATABASE_VERSION.
 */
export async function openDatabase({ url: given, dataDir, ...options }: DatabaseOptions): Promise<Database> {
  const { url, version, stop } = given === undefined ? await startEmbedded({ dataDir }) : elsewhere(given)
  try {
    await migrate(url)
  } catch (error) {
    await stop()
    throw error
  }
  const store = postgresStore(url, options)
  return {
    store,
    url,
    privateVersion: version,
    name: version === null ? 'PostgreSQL at DATABASE_URL' : `private PostgreSQL ${version}`,
    migrated: () => requireMigrations(store),
    async close() {
      await store.close()
      await stop()
    },
  }
}

const elsewhere = (url: string) => ({ url, version: null, stop: async () => {} })

/** Throws ERR_DATABASE_MIGRATIONS if one of this program's migrations is missing. */
export async function requireMigrations(store: Pick<PostgresStore, 'appliedMigrations'>): Promise<void> {
  const applied = new Set(await store.appliedMigrations())
  const pending = (await migrationNames()).filter(name => !applied.has(name))
  if (pending.length === 0) return
  throw new CandlewatchError(
    'ERR_DATABASE_MIGRATIONS',
    `Expected all migrations to have run, found ${pending.join(', ')} pending. Restart the server: it runs them.`,
  )
}
