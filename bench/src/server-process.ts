import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { serverEnv } from './env.ts'

const main = fileURLToPath(new URL('../../server/dist/main.js', import.meta.url))

export interface ServerProcess {
  readonly url: string
  /** From the start of the process to its first answer. */
  readonly readyMs: number
  readonly pid: number
  /** Resolves when it is gone. */
  kill(signal: NodeJS.Signals): Promise<void>
}

/** The built server as a process of its own. Rejects with its log when it does not start. */
export function startServer(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const from = performance.now()
  const child = fork(main, {
    env: serverEnv(env),
    // Not of a test runner, which would have it load the sources.
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let log = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', chunk => (log += chunk))
  const gone = new Promise<void>(resolve => child.once('close', () => resolve()))
  return new Promise((resolve, reject) => {
    void gone.then(() => reject(new Error(`The server ended: ${log}`)))
    child.once('message', ({ port }: { port: number }) => resolve(running(child, port, from, gone)))
  })
}

async function running(child: ChildProcess, port: number, from: number, gone: Promise<void>): Promise<ServerProcess> {
  const url = `http://127.0.0.1:${port}`
  while (!(await fetch(`${url}/readyz`).then(response => response.ok))) await new Promise(setImmediate)
  return {
    ...{ url, pid: child.pid!, readyMs: performance.now() - from },
    kill(signal) {
      child.kill(signal)
      return gone
    },
  }
}
