import { type SpawnOptionsWithStdioTuple, type StdioNull, type StdioPipe, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import { removeUnfinished } from '@candlewatch/adapters/models/model-files'
import { type TrainerLine, type TrainingSize, trainerLine, trainerResult } from '@candlewatch/api/training'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { z } from 'zod'
import type { Log } from '../platform/log.ts'
import type { OpenModel } from './model-folders.ts'

/** The trainer's program and its settings. */
export interface TrainerParts {
  /** The program that trains, run by the same Node as this one. */
  readonly script: string
  readonly modelsDir: string
  /** The environment of that process; it names the database. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: Pick<Log, 'warn'>
}

/** The settings of one training. */
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

/** Makes the function that trains a new version of a model, for its market and interval, or of every stream. */
export function trainOn({ script, modelsDir, env, log }: TrainerParts) {
  return ({ manifest }: OpenModel, order: TrainingOrder, stop: AbortSignal) => {
    // Every stored row: by default the trainer leaves out 2021, which replays show.
    const rows = ['--name', manifest.name, '--to', '9999-12-31', '--models', modelsDir]
    // Without a refit the newest tenth stays unseen, for the trial.
    const args = [
      script,
      ...sourceOf(manifest),
      ...rows,
      ...optionsOf[order.size],
      '--no-refit',
      '--progress',
      'json',
      '--json',
    ]
    return train({ args, env, log, modelsDir, name: manifest.name, progress: order.progress }, stop)
  }
}

function sourceOf({ market, interval }: OpenModel['manifest']): readonly string[] {
  if (market === null || interval === null) return ['--every-stream', '--serves', 'any']
  return ['--database', market, '--interval', interval]
}

interface Run extends Omit<TrainerParts, 'script'>, Pick<TrainingOrder, 'progress'> {
  readonly args: readonly string[]
  readonly name: string
}

/**
 * Trains in a process of its own, at the lowest priority, so that requests keep their latency. Resolves to the version of
 * the new model. Throws ERR_RETRAIN_FAILED with the last lines that it wrote; aborting ends it.
 */
async function train(
  { args, env, log, modelsDir, name, progress }: Run,
  stop: AbortSignal,
): Promise<{ version: string }> {
  // Killed rather than asked to stop: it would finish its epoch first, and what it writes is complete or absent.
  const options: SpawnOptionsWithStdioTuple<StdioNull, StdioPipe, StdioPipe> = {
    env,
    signal: stop,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
  }
  const child = spawn(process.execPath, args, options)
  // Set before the process starts its threads, which inherit the priority.
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
    else if (line.startsWith('{'))
      log.warn({ line }, 'the trainer wrote a line of progress that is not in the contract')
    else keep(line)
  })
  createInterface(child.stdout).on('line', line => {
    keep(line)
    if (line.trim() !== '') last = line
  })
  const ending = await new Promise<string | null>(resolve => {
    // Stopping it is an error too; it has ended when it is closed.
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
    // It has ended already, which is handled where it is awaited, or the system has no priorities.
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
  const own = lines.map(line => /^error ERR_\w+: (.*)$/.exec(line)?.[1]).findLast(line => line !== undefined)
  const reason = own ?? `The training ${what}.`
  const message = `The training ${what}; the models are unchanged. Its last lines:\n${lines.join('\n')}`
  return new CandlewatchError('ERR_RETRAIN_FAILED', message, { details: { reason } })
}

/** Why a training failed, in a sentence or two: the trainer's own error if it wrote one. */
export function whyFailed(error: unknown): string {
  const reason = error instanceof CandlewatchError ? error.details.reason : undefined
  if (reason !== undefined) return `${reason} The models are unchanged.`
  return error instanceof Error ? error.message : String(error)
}
