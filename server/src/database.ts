import { startEmbedded } from '@candlewatch/adapters/stores/embedded/embedded'
import { migrate } from '@candlewatch/adapters/stores/migrate'
import { postgresStore } from '@candlewatch/adapters/stores/postgres'
import type { Store } from '@candlewatch/adapters/stores/store'

export interface Database {
  readonly store: Store
  /** May hold a password. */
  readonly url: string
  /** In words, for the log. */
  readonly name: string
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
    async close() {
      await store.close()
      await embedded?.stop()
    },
  }
}
