import { CandlewatchError } from '@candlewatch/core/errors'
import { type Command, CommanderError } from 'commander'

/** Where a program's lines go; a test hands in its own. `line` is stdout, `error` stderr. */
export interface Output {
  readonly isTTY: boolean
  line(text: string): void
  error(text: string): void
}

/** As a shell has it: 128 + SIGINT. */
export const interruptedCode = 130

/** Runs a command line and answers with its exit code. A mistake of the user's is one line with its code on stderr. */
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

/** For a program that was stopped before it began its work. */
export function interrupted(): CandlewatchError {
  return new CandlewatchError('ERR_TRAINING_INTERRUPTED', 'Stopped before training began; nothing was written.')
}

export const terminal = (): Output => ({
  isTTY: process.stderr.isTTY === true,
  line: text => console.log(text),
  error: text => console.error(text),
})

/** Aborted by the first SIGINT or SIGTERM, which asks for an orderly end; the second ends the process at once. */
export function interruption(output: Output): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(interruptedCode)
      output.error('stopping; once more ends at once')
      controller.abort()
    })
  }
  return controller.signal
}
