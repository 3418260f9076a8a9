import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { serverEnv } from '../env.ts'

const main = fileURLToPath(new URL('../../../simulator/dist/main.js', import.meta.url))

/** A replay whose rows are posted. */
export interface Replay {
  readonly url: string
  /** Stops it and resolves when it has ended, with its server and database. */
  stop(): Promise<unknown>
}

/** Starts the built simulator and resolves once it has posted its last row. Rejects with its output if it ends before. */
export function startReplay(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Replay> {
  const child = spawn(process.execPath, [main, '--port', '0', '--every', '0', ...args], {
    env: serverEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const gone = new Promise(resolve => child.once('close', resolve))
  // However we end, it does not go on alone.
  process.once('exit', () => child.kill('SIGINT'))
  const stop = () => {
    child.kill('SIGINT')
    return gone
  }
  let output = ''
  return new Promise((resolve, reject) => {
    void gone.then(code => reject(new Error(`The replay ended with ${code}: ${output}`)))
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        output += chunk
        const [, port] = /Replay finished.*localhost:(\d+)/s.exec(output) ?? []
        if (port) resolve({ url: `http://127.0.0.1:${port}`, stop })
      })
    }
  })
}
