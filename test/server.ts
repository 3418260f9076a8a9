import { fork } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

export interface Server {
  readonly url: string
  /** Its log so far. */
  output(): string
  /** The exit code, and how long it took from the signal on. */
  terminate(): Promise<{ code: number | null; ms: number }>
}

/** Starts the built server as a process of its own, on a free port, with its database in the folder. */
export function startServer(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Server> {
  const child = fork(join(root, 'server/dist/main.js'), {
    env: { ...process.env, DATABASE_URL: '', DATA_DIR: join(folder, 'postgres'), PORT: '0', ...env },
    // Not vitest's own, which would have it load the sources.
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', chunk => (output += chunk))
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  return new Promise((resolve, reject) => {
    void ended.then(code => reject(new Error(`The server ended with ${code}: ${output}`)))
    child.once('message', (message: { port: number }) => {
      resolve({
        url: `http://127.0.0.1:${message.port}`,
        output: () => output,
        async terminate() {
          const from = performance.now()
          child.kill('SIGTERM')
          return { code: await ended, ms: performance.now() - from }
        },
      })
    })
  })
}
