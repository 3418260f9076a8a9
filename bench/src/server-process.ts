import { fileURLToPath } from 'node:url'
import { type ServerProcess, startServer } from '@candlewatch/adapters/processes/server-process'
import { serverEnv } from './env.ts'

const entry = fileURLToPath(new URL('../../server/dist/main.js', import.meta.url))

/** A server that is ready. */
export interface BenchServer extends ServerProcess {
  /** Time from the start of the process until /readyz answered that it is ready. */
  readonly readyMs: number
}

/** Starts the built server for a benchmark and resolves once it is ready. Throws with the end of its log when it does not start. */
export async function startBenchServer(env: Readonly<Record<string, string>>): Promise<BenchServer> {
  const from = performance.now()
  const server = await startServer({ entry, env: serverEnv(env) })
  while (!(await fetch(`${server.url}/readyz`).then(response => response.ok))) await new Promise(setImmediate)
  return { ...server, readyMs: performance.now() - from }
}
