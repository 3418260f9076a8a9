import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import { connections } from './connection.ts'

// src/ and dist/ lie equally deep, so this holds for both.
const folder = fileURLToPath(new URL('../../../../migrations', import.meta.url))
const quiet = { info() {}, warn() {}, error() {} }

/**
 * Brings the database's tables up to date, all pending steps in one transaction. Programs that start at once wait for each
 * other. Throws ERR_DATABASE_UNREACHABLE, ERR_DATABASE_VERSION.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const database = connections(databaseUrl, 1)
  try {
    await database.use(dbClient =>
      runner({
        dbClient,
        dir: folder,
        migrationsTable: 'migrations',
        direction: 'up',
        advisoryLockMode: 'wait',
        // Steps that were written side by side arrive in any order; each stands on the tables of older ones alone.
        checkOrder: false,
        logger: quiet,
      }),
    )
  } finally {
    await database.close()
  }
}

/** The names of all steps there are, in their order, as the database remembers them. */
export async function migrationNames(): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter(file => file.endsWith('.sql'))
  return files.map(file => file.replace(/\.sql$/, '')).sort()
}
