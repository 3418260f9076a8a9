import { type SpawnOptionsWithStdioTuple, type StdioNull, type StdioPipe, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import { removeUnfinished } from '@candlewatch/adapters/models/model-files'
import { type TrainerLine, type TrainingSize, trainerLine, trainerResult } from '@candlewatch/api/training'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { z } from 'zod'
import type { OpenModel } from './model-files.ts'

export interface TrainerParts {
  /** The program, run by this same Node. */
  readonly script: string
  readonly modelsDir: string
  /** Names the database. */
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface TrainingOrder {
  readonly size: TrainingSize
  /** Called with every line of progress. */
  progress(line: TrainerLine): void
}

const keptLines = 20
const optionsOf: Record<TrainingSize, readonly string[]> = {
  full: [],
  quick: ['--members', '1', '--epochs', '4', '--distillation', '0'],
}

/** Trains a new version for the market and interval of the model given. */
export function trainOn({ script, modelsDir, env }: TrainerParts) {
  return ({ manifest }: OpenModel, order: TrainingOrder, stop: AbortSignal) => {
    // All rows that there are; by itself the trainer leaves out 2021, which replays show.
    const of = ['--database', manifest.market, '--interval', manifest.interval, '--name', manifest.name]
    const rows = ['--to', '9999-12-31', '--models', modelsDir]
    // No refit: the newest tenth stays unseen, for the trial that decides.
    const args = [script, ...of, ...rows, ...optionsOf[order.size], '--no-refit', '--progress', 'json', '--json']
    return train({ args, env, modelsDir, name: manifest.name, progress: order.progress }, stop)
  }
}

interface Run extends Omit<TrainerParts, 'script'>, Pick<TrainingOrder, 'progress'> {
  readonly args: readonly string[]
  readonly name: string
}

/**
 * Trains in a process of its own, at the lowest priority, so that requests keep their latency. Resolves to the version of
 * the new model. Throws ERR_RETRAIN_FAILED with the last lines that it wrote; aborting ends it.
 */
async function train({ args, env, modelsDir, name, progress }: Run, stop: AbortSignal): Promise<{ version: string }> {
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
  createInterface(child.stderr).on('line', line => {
    const read = parsed(trainerLine, line)
    if (read) progress(read)
    else keep(line)
  })
  createInterface(child.stdout).on('line', line => {
    keep(line)
    if (line.trim() !== '') last = line
  })
  const ending = await new Promise<string | null>(resolve => {
    // Told to stop, it is an error too: it has ended when it is closed.
    child.on('error', error => child.pid === undefined && resolve(`did not run: ${error.message}`))
    child.once('close', (code, signal) => resolve(code === 0 ? null : `ended with ${signal ?? `code ${code}`}`))
  })
  if (ending !== null) {
    if (child.pid !== undefined) await removeUnfinished(modelsDir, name, child.pid)
    throw failed(ending, lines)
  }
  const model = parsed(trainerResult, last)
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

function parsed<T extends z.ZodType>(schema: T, line: string): z.output<T> | null {
  try {
    return schema.parse(JSON.parse(line))
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

/** Why a training failed, in a sentence or two: what the trainer itself said, where it said anything. */
export function whyFailed(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n')
  const own = lines.map(line => /^error ERR_\w+: (.*)$/.exec(line)?.[1]).findLast(line => line !== undefined)
  return own === undefined
    ? (lines[0] as string).replace(' Its last lines:', '')
    : `${own} The models are as they were.`
}
