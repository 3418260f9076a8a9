import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import { connections } from './connection.ts'

/** The folder of the SQL files. The path holds from src/ and from dist/, which lie equally deep. */
export const migrationsFolder = fileURLToPath(new URL('../../../../migrations', import.meta.url))
const quiet = { info() {}, warn() {}, error() {} }

/**
 * Brings the database's tables up to date, all pending migrations in one transaction. Programs that start at the same time
 * wait for each other. Throws ERR_DATABASE_UNREACHABLE, ERR_DATABASE_VERSION.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const database = connections(databaseUrl, { max: 1, patienceMs: null })
  try {
    await database.use(dbClient =>
      runner({
        dbClient,
        dir: migrationsFolder,
        migrationsTable: 'migrations',
        direction: 'up',
        advisoryLockMode: 'wait',
        // Migrations that were written on different branches arrive in any order; each needs only the tables of older ones.
        checkOrder: false,
        logger: quiet,
      }),
    )
  } finally {
    await database.close()
  }
}

/** Returns the names of all migrations in order, as the database stores them. */
export async function migrationNames(): Promise<readonly string[]> {
  const files = (await readdir(migrationsFolder)).filter(file => file.endsWith('.sql'))
  return files.map(file => file.replace(/\.sql$/, '')).sort()
}
