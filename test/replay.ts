import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bar, Ms } from '@candlewatch/core/types'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A folder of its own with a database of its own, gone when the test is. */
export async function makePlace(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'candlewatch-test-'))
  // As root the database runs as another user, who must be able to enter: else it would lie elsewhere and stay.
  await chmod(folder, 0o755)
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

export interface Replay {
  /** Resolves with the page's address once it is printed. */
  readonly page: Promise<string>
  /** Everything on standard output so far. */
  output(): string
  /** Resolves when the process has ended. */
  readonly ended: Promise<number | null>
  interrupt(): Promise<number | null>
}

/** Starts the simulator as `npm run simulate` does, on a free port. */
export function startReplay(folder: string, args: readonly string[]): Replay {
  const child = spawn(process.execPath, [join(root, 'simulator/dist/main.js'), '--port', '0', ...args], {
    env: {
      ...process.env,
      DATABASE_URL: '',
      DATA_DIR: join(folder, 'postgres'),
      DOWNLOADS_DIR: folder,
      // Made-up markets are judged by the model that the tests compare with.
      MODEL: 'btc-usd-1h',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  const ended = new Promise<number | null>(resolve => child.on('close', resolve))
  const page = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', chunk => {
      output += chunk
      const found = /http:\/\/localhost:\d+/.exec(output)
      if (found) resolve(found[0].replace('localhost', '127.0.0.1'))
    })
    void ended.then(code => reject(new Error(`The simulator ended with ${code}: ${output}${errors}`)))
  })
  page.catch(() => undefined)
  return {
    page,
    output: () => output,
    ended,
    interrupt() {
      child.kill('SIGINT')
      return ended
    },
  }
}

/** Writes bars as the plain layout that `--csv` reads. */
export async function writeCsv(file: string, bars: readonly Bar[], intervalMs: Ms): Promise<void> {
  const rows = bars.map(bar =>
    [new Date(bar.ts - intervalMs).toISOString(), bar.open, bar.high, bar.low, bar.close, bar.volume].join(','),
  )
  await writeFile(file, ['date,open,high,low,close,Volume BTC', ...rows, ''].join('\n'))
}
