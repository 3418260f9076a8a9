import { type SpawnOptionsWithStdioTuple, type StdioNull, type StdioPipe, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import { CandlewatchError } from '@candlewatch/core/errors'
import { z } from 'zod'
import type { OpenModel } from './shelf.ts'

export interface TrainerParts {
  /** The program, run by this same Node. */
  readonly script: string
  readonly modelsDir: string
  /** Names the database. */
  readonly env: Readonly<Record<string, string | undefined>>
}

const keptLines = 20
const answer = z.object({ version: z.string() })

/** Trains a new version for the market and interval of the model given. */
export function trainOn({ script, modelsDir, env }: TrainerParts) {
  return ({ manifest }: OpenModel, stop: AbortSignal) => {
    // All rows that there are; by itself the trainer leaves out 2021, which replays show.
    const of = ['--database', manifest.market, '--interval', manifest.interval, '--name', manifest.name]
    return train([script, ...of, '--to', '9999-12-31', '--models', modelsDir, '--json'], env, stop)
  }
}

/**
 * Trains in a process of its own, at the lowest priority, so that requests keep their latency. Resolves to the version of
 * the new model. Throws ERR_RETRAIN_FAILED with the last lines that it wrote; aborting ends it.
 */
async function train(
  args: readonly string[],
  env: TrainerParts['env'],
  stop: AbortSignal,
): Promise<{ version: string }> {
  // Killed, not asked: it would finish its epoch first, and what it writes is whole or absent.
  const options: SpawnOptionsWithStdioTuple<StdioNull, StdioPipe, StdioPipe> = {
    ...{ env, signal: stop, killSignal: 'SIGKILL' },
    stdio: ['ignore', 'pipe', 'pipe'],
  }
  const child = spawn(process.execPath, args, options)
  // Before it has started its threads, which inherit it.
  if (child.pid !== undefined) lower(child.pid)
  const lines: string[] = []
  const keep = (line: string) => {
    if (line.trim() !== '') lines.push(line)
    if (lines.length > keptLines) lines.shift()
  }
  let last = ''
  createInterface(child.stderr).on('line', keep)
  createInterface(child.stdout).on('line', line => {
    keep(line)
    if (line.trim() !== '') last = line
  })
  const ending = await new Promise<string | null>(resolve => {
    child.once('error', error => resolve(`did not run: ${error.message}`))
    child.once('close', (code, signal) => resolve(code === 0 ? null : `ended with ${signal ?? `code ${code}`}`))
  })
  if (ending !== null) throw failed(ending, lines)
  const model = parsed(last)
  if (!model) throw failed('ended without a line of JSON that names the version', lines)
  return model
}

function lower(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW)
  } catch {
    // It has ended already, which is told below, or the system has no priorities.
  }
}

function parsed(line: string): { version: string } | null {
  try {
    return answer.parse(JSON.parse(line))
  } catch {
    return null
  }
}

function failed(what: string, lines: readonly string[]): CandlewatchError {
  return new CandlewatchError(
    'ERR_RETRAIN_FAILED',
    `The training ${what}; the models are as they were. Its last lines:\n${lines.join('\n')}`,
  )
}
