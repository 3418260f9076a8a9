import { aborted } from '@candlewatch/adapters/processes/server-process'
import { CandlewatchError } from '@candlewatch/core/errors'
import { CommanderError } from 'commander'
import { readEnv } from './env.ts'
import { type Options, parseOptions } from './options.ts'
import { makePrinter } from './printer.ts'
import { simulate, steady } from './simulate.ts'
import { ending } from './summary.ts'

type Undo = () => Promise<unknown> | unknown
const undos: Undo[] = []
const interrupted = new AbortController()
const printer = makePrinter({
  write: text => void process.stdout.write(text),
  clock: steady,
  colours: process.stdout.isTTY === true,
})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The server notices that this process is gone and ends too, and with it the private database.
    if (interrupted.signal.aborted) process.exit(130)
    interrupted.abort(new Error(signal))
  })
}
// The reader of our output is gone (`| head`): that ends a run like Ctrl-C.
process.stdout.on('error', () => interrupted.abort(new Error('EPIPE')))

process.exitCode = await main()
process.exit()

async function main(): Promise<number> {
  let options: Options | null = null
  try {
    options = parseOptions(process.argv.slice(2))
    return await run(options)
  } catch (error) {
    if (interrupted.signal.aborted) return options?.once ? 130 : 0
    return failed(error)
  } finally {
    if (interrupted.signal.aborted) printer.line('Stopping…')
    for (const undo of undos.reverse()) await settled(undo)
  }
}

async function run(options: Options): Promise<number> {
  const { result, server, page } = await simulate({
    options,
    env: readEnv(),
    printer,
    signal: interrupted.signal,
    defer: undo => undos.push(undo),
  })
  const { outcome, summary } = result
  if (options.once) {
    // Printed after everything else, so that it is the last line.
    undos.unshift(() => printer.line(JSON.stringify(summary)))
    return summary.failed > 0 || outcome === 'stopped' ? 1 : 0
  }
  printer.line(ending(outcome, summary, page))
  return Promise.race([server.lost, aborted(interrupted.signal)])
}

function failed(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0) console.error(`${error.message.replace(/^error: /, '')}. --help shows every option.`)
    return error.exitCode
  }
  console.error(error instanceof CandlewatchError ? error.message : error)
  return error instanceof CandlewatchError && error.code === 'ERR_OPTION_INVALID' ? 2 : 1
}

async function settled(undo: Undo): Promise<void> {
  try {
    await undo()
  } catch (error) {
    console.error(error)
  }
}
