import { aborted } from '@candlewatch/adapters/processes/server-process'
import { CandlewatchError } from '@candlewatch/core/errors'
import { CommanderError } from 'commander'
import { readEnv } from './env.ts'
import { type Options, parseOptions } from './options.ts'
import { makeSay } from './say.ts'
import { simulate, steady } from './simulate.ts'
import { ending } from './summary.ts'

type Undo = () => Promise<unknown> | unknown
const undos: Undo[] = []
const interrupted = new AbortController()
const say = makeSay({
  write: text => void process.stdout.write(text),
  clock: steady,
  colours: process.stdout.isTTY === true,
})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The server notices that we are gone and ends too, then the private database.
    if (interrupted.signal.aborted) process.exit(130)
    interrupted.abort(new Error(signal))
  })
}
// Whoever read our lines has left (`| head`): that ends a run as Ctrl-C does.
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
    if (interrupted.signal.aborted) say.line('Stopping…')
    for (const undo of undos.reverse()) await settled(undo)
  }
}

async function run(options: Options): Promise<number> {
  const { result, server, page } = await simulate(options, readEnv(), say, interrupted.signal, undo => undos.push(undo))
  const { outcome, summary } = result
  if (options.once) {
    // The last thing to happen, so that it is the last line.
    undos.unshift(() => say.line(JSON.stringify(summary)))
    return summary.failed > 0 || outcome === 'stopped' ? 1 : 0
  }
  say.line(ending(outcome, summary, page))
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
