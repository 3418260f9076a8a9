import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { CandlewatchError } from '@candlewatch/core/errors'

export interface ServerProcess {
  readonly port: number
  readonly model: { readonly name: string; readonly version: string }
  /** Rejects with ERR_SERVER_LOST and the end of its log when it ends by itself; stays pending otherwise. */
  readonly lost: Promise<never>
  /** Asks it to end and waits; after `patienceMs` it is killed. */
  stop(patienceMs: number): Promise<void>
}

export interface ServerParts {
  /** Path of the program. */
  readonly entry: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Written anew. */
  readonly logFile: string
  /** Gives up while the server is still starting. */
  readonly signal: AbortSignal
}

interface Ready {
  readonly ready: true
  readonly port: number
  readonly model: { readonly name: string; readonly version: string }
}

const linesShown = 12
const startingPatienceMs = 2_000

/** Starts the server as a child; resolves when it listens. It ends by itself when this process is gone. Throws ERR_SERVER_LOST. */
export async function startServer({ entry, env, logFile, signal }: ServerParts): Promise<ServerProcess> {
  mkdirSync(dirname(logFile), { recursive: true })
  const log = openSync(logFile, 'w')
  const child = spawn(process.execPath, [entry], {
    env: { ...env },
    stdio: ['ignore', log, log, 'ipc'],
    // A group of its own: the terminal's Ctrl-C reaches us alone, and we stop things in order.
    detached: true,
  })
  closeSync(log)
  let stopping = false
  const ended = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
  const lost = ended.then(how => {
    if (stopping) return new Promise<never>(() => undefined)
    throw new CandlewatchError(
      'ERR_SERVER_LOST',
      `The server ended by itself (${how}). The end of its log, ${logFile}:\n${tail(logFile)}`,
    )
  })
  // Whoever races against it sees the rejection; nobody may be racing at the moment it comes.
  lost.catch(() => undefined)
  const ready = new Promise<Ready>(resolve => {
    child.on('message', message => {
      if ((message as Partial<Ready>).ready === true) resolve(message as Ready)
    })
  })
  const stop = async (patienceMs: number) => {
    stopping = true
    child.kill('SIGTERM')
    const patience = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    await ended
    clearTimeout(patience)
  }
  try {
    const { port, model } = await Promise.race([ready, lost, aborted(signal)])
    return { port, model, lost, stop }
  } catch (error) {
    await stop(startingPatienceMs)
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

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-linesShown).join('\n')
  } catch {
    return '(the log cannot be read)'
  }
}
