import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CandlewatchError } from '@candlewatch/core/errors'
import { SingleBar } from 'cli-progress'
import { type Command, CommanderError } from 'commander'

/** Receives a program's lines: `line` is stdout, `error` is stderr. Tests pass their own. */
export interface Output {
  readonly isTTY: boolean
  line(text: string): void
  error(text: string): void
}

/** The exit code that shells use for an interrupted program: 128 + SIGINT. */
export const interruptedCode = 130

/** Runs a command line and returns its exit code. A user's mistake becomes one line with an error code on stderr. */
export async function runProgram(command: Command, args: readonly string[], output: Output): Promise<number> {
  command.exitOverride().configureOutput({ writeOut: text => output.line(text.trimEnd()), writeErr: () => {} })
  try {
    await command.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode !== 0) output.error(`error ERR_OPTION_INVALID: ${error.message.replace(/^error: /, '')}`)
      return error.exitCode
    }
    if (!(error instanceof CandlewatchError)) throw error
    output.error(`error ${error.code}: ${error.message}`)
    return error.code === 'ERR_TRAINING_INTERRUPTED' ? interruptedCode : 1
  }
}

/** Makes the error of a program that was stopped before it began its work. */
export function interrupted(): CandlewatchError {
  return new CandlewatchError('ERR_TRAINING_INTERRUPTED', 'Stopped before training began; nothing was written.')
}

/**
 * Runs a program on the terminal if `url` is the file that Node was started with; does nothing when a test imports it.
 * @example
 * await runAsMain(import.meta.url, runBacktest)
 */
export async function runAsMain(
  url: string,
  run: (args: readonly string[], output: Output) => Promise<number>,
): Promise<void> {
  const started = process.argv[1]
  if (started === undefined || realpathSync(started) !== fileURLToPath(url)) return
  process.exitCode = await run(process.argv.slice(2), {
    isTTY: process.stderr.isTTY === true,
    line: text => console.log(text),
    error: text => console.error(text),
  })
}

/** Shows how far a program has got. */
export interface RowProgress {
  readonly step: (done: number, total: number) => void
  readonly stop: () => void
}

const rowPatienceMs = 5_000

/** Shows a bar on a terminal; elsewhere it prints a line every five seconds. */
export function rowProgress(output: Output): RowProgress {
  if (output.isTTY) {
    const bar = new SingleBar({ format: '{bar} {value}/{total} rows, {eta_formatted} left', hideCursor: true })
    return {
      step(done, total) {
        if (!bar.isActive) bar.start(total, 0)
        bar.update(done)
      },
      stop: () => bar.stop(),
    }
  }
  let printedMs = performance.now()
  return {
    step(done, total) {
      if (performance.now() - printedMs < rowPatienceMs || done === total) return
      printedMs = performance.now()
      output.error(`${done}/${total} rows`)
    },
    stop() {},
  }
}

/** Returns a signal that the first SIGINT or SIGTERM aborts, for an orderly end; the second one ends the process at once. */
export function interruption(output: Output): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(interruptedCode)
      output.error('Stopping. Press Ctrl-C again to end at once.')
      controller.abort()
    })
  }
  return controller.signal
}
