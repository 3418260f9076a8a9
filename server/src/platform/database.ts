import { startEmbedded } from '@candlewatch/adapters/stores/embedded/embedded'
import { migrate, migrationNames } from '@candlewatch/adapters/stores/postgres/migrate'
import { type PostgresStore, postgresStore } from '@candlewatch/adapters/stores/postgres/store'
import { CandlewatchError } from '@candlewatch/core/errors'

export interface Database {
  readonly store: PostgresStore
  /** May hold a password. */
  readonly url: string
  /** In words, for the log. */
  readonly name: string
  /** Throws ERR_DATABASE_MIGRATIONS when a step of migrations/ has not been run here. */
  migrated(): Promise<void>
  close(): Promise<void>
}

/** The database at the address, or a private PostgreSQL when there is none; its tables are up to date when this resolves. */
export async function openDatabase(databaseUrl: string | undefined, dataDir: string): Promise<Database> {
  const embedded = databaseUrl === undefined ? await startEmbedded({ dataDir }) : null
  const url = databaseUrl ?? embedded!.url
  try {
    await migrate(url)
  } catch (error) {
    await embedded?.stop()
    throw error
  }
  const store = postgresStore(url)
  return {
    store,
    url,
    name: embedded ? `private PostgreSQL ${embedded.version}` : 'PostgreSQL at DATABASE_URL',
    migrated: () => requireMigrations(store),
    async close() {
      await store.close()
      await embedded?.stop()
    },
  }
}

/** Throws ERR_DATABASE_MIGRATIONS. */
export async function requireMigrations(store: Pick<PostgresStore, 'appliedMigrations'>): Promise<void> {
  const applied = new Set(await store.appliedMigrations())
  const pending = (await migrationNames()).filter(name => !applied.has(name))
  if (pending.length === 0) return
  throw new CandlewatchError(
    'ERR_DATABASE_MIGRATIONS',
    `Expected every step of migrations/ to have been run, found ${pending.join(', ')} pending. Start the server again: it runs them.`,
  )
}
