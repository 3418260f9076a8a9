import { type Database, openDatabase } from '@candlewatch/adapters/stores/postgres/database'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Ms } from '@candlewatch/core/types'
import { keysCommand } from './access/keys-command.ts'
import { readEnv } from './platform/env.ts'

// The program of `npm run keys`. It works with or without a running server.
let database: Database | null = null
try {
  const openStore = async () => {
    const env = readEnv()
    database = await openDatabase({ url: env.DATABASE_URL, dataDir: env.DATA_DIR })
    return database.store
  }
  console.log(await keysCommand(process.argv.slice(2), openStore, Date.now() as Ms))
} catch (error) {
  console.error(error instanceof CandlewatchError ? error.message : error)
  process.exitCode = error instanceof CandlewatchError && error.code === 'ERR_OPTION_INVALID' ? 2 : 1
}
await (database as Database | null)?.close()
