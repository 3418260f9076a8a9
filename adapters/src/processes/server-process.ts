import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { CandlewatchError } from '@candlewatch/core/errors'

/** A Candlewatch server that runs as a child process. */
export interface ServerProcess {
  readonly pid: number
  readonly port: number
  /** Its address on this machine, without a slash at the end. */
  readonly url: string
  readonly model: { readonly name: string; readonly version: string }
  /** Rejects with ERR_SERVER_LOST and the end of the log if the server exits without being stopped; stays pending otherwise. */
  readonly lost: Promise<never>
  /** Everything it has logged so far. */
  log(): string
  /** Sends the signal and resolves with the exit code, or null if a signal ended the process. After `patienceMs` it is killed. */
  stop(options?: StopOptions): Promise<number | null>
}

export interface StopOptions {
  /** SIGTERM by default. */
  readonly signal?: NodeJS.Signals
  /** Without it, `stop` waits until the process ends by itself. */
  readonly patienceMs?: number
}

export interface ServerParts {
  /** Path of the program, such as server/dist/main.js. */
  readonly entry: string
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The log is written to this file, which is overwritten. Without it the log is kept in memory. */
  readonly logFile?: string
  /** Aborting it while the server starts stops the server and rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

interface Ready {
  readonly ready: true
  readonly port: number
  readonly model: { readonly name: string; readonly version: string }
}

const linesShown = 12
const startingPatienceMs = 2_000

/**
 * Starts a server as a child process and resolves when it listens. The server ends by itself when this process is gone.
 * Throws ERR_SERVER_LOST when it cannot start.
 * @example
 * const server = await startServer({ entry: 'server/dist/main.js', env: { PORT: '0' } })
 * const ready = await fetch(`${server.url}/readyz`)
 * await server.stop()
 */
export async function startServer(parts: ServerParts): Promise<ServerProcess> {
  const { child, log } = spawnServer(parts)
  let isStopping = false
  const ended = new Promise<{ readonly code: number | null; readonly how: string }>(resolve => {
    child.once('error', error => resolve({ code: null, how: error.message }))
    child.once('close', (code, signal) => resolve({ code, how: signal ?? `exit code ${code}` }))
  })
  const lost = ended.then(({ how }) => {
    if (isStopping) return new Promise<never>(() => undefined)
    const source = parts.logFile === undefined ? 'its log' : `its log, ${parts.logFile}`
    const end = log().trimEnd().split('\n').slice(-linesShown).join('\n')
    throw new CandlewatchError('ERR_SERVER_LOST', `The server ended by itself (${how}). The end of ${source}:\n${end}`)
  })
  // Everyone who races against it sees the rejection; nobody may be racing at the moment it comes.
  lost.catch(() => undefined)
  const ready = new Promise<Ready>(resolve => {
    child.on('message', message => {
      if (isReady(message)) resolve(message)
    })
  })
  const stop = async ({ signal = 'SIGTERM', patienceMs }: StopOptions = {}) => {
    isStopping = true
    child.kill(signal)
    const patience = patienceMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), patienceMs)
    const { code } = await ended
    clearTimeout(patience)
    return code
  }
  try {
    const started = [ready, lost, ...(parts.signal ? [aborted(parts.signal)] : [])]
    const { port, model } = await Promise.race(started)
    const pid = child.pid as number
    return { pid, port, url: `http://127.0.0.1:${port}`, model, lost, log, stop }
  } catch (error) {
    await stop({ patienceMs: startingPatienceMs })
    throw error
  }
}

/** Rejects with the signal's reason. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function spawnServer({ entry, env, logFile }: ServerParts): {
  readonly child: ChildProcess
  log(): string
} {
  // In a process group of its own: a terminal's Ctrl-C reaches only us, and we stop things in order.
  const options = { env: { ...env }, detached: true }
  if (logFile !== undefined) {
    mkdirSync(dirname(logFile), { recursive: true })
    const file = openSync(logFile, 'w')
    const child = spawn(process.execPath, [entry], { ...options, stdio: ['ignore', file, file, 'ipc'] })
    closeSync(file)
    return { child, log: () => readLog(logFile) }
  }
  const child = spawn(process.execPath, [entry], { ...options, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', chunk => {
      text += chunk
    })
  }
  return { child, log: () => text }
}

function isReady(message: unknown): message is Ready {
  return typeof message === 'object' && message !== null && 'ready' in message && message.ready === true
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '(the log cannot be read)'
  }
}
