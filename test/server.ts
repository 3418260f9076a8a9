import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ServerProcess, startServer } from '@candlewatch/adapters/processes/server-process'

const entry = fileURLToPath(new URL('../server/dist/main.js', import.meta.url))

/** Starts the built server for a test, on a free port, with its database in the folder. */
export function startTestServer(folder: string, env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const own = {
    DATABASE_URL: '',
    DATA_DIR: join(folder, 'postgres'),
    MODELS_CACHE_DIR: join(folder, 'models-cache'),
    PORT: '0',
    // Made-up markets are judged by the model that the tests compare with.
    MODEL: 'btc-usd-1h',
  }
  return startServer({ entry, env: { ...process.env, ...own, ...env } })
}
