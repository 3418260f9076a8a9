import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ArchiveProgress, downloadYear } from '@candlewatch/adapters/sources/archive'
import { CandlewatchError } from '@candlewatch/core/errors'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'

/** Where lines and the progress bar go; a test hands in its own. */
export interface Output {
  readonly isTTY: boolean
  line(text: string): void
  error(text: string): void
}

interface Options {
  readonly year: number
  readonly symbol: string
  readonly interval: string
  readonly directory: string
  readonly baseUrl: string
}

/** `npm run data`: downloads a year of monthly archives into the cache. Answers with the exit code. */
export async function runData(args: readonly string[], output: Output): Promise<number> {
  const command = makeCommand(output)
  try {
    await command.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    // Commander has printed its own message already; --help counts as success.
    if (isCommanderExit(error)) return error.exitCode
    if (!(error instanceof CandlewatchError)) throw error
    output.error(`error ${error.code}: ${error.message}`)
    return 1
  }
}

function makeCommand(output: Output): Command {
  return new Command('npm run data --')
    .description("Downloads a year of Binance's monthly kline archives, verifies their checksums and caches them.")
    .requiredOption('--year <year>', 'the year, for example 2021', yearOf)
    .option('--symbol <symbol>', 'the pair as Binance writes it', matching(/^[A-Z0-9]{5,20}$/, 'BTCUSDT'), 'BTCUSDT')
    .option(
      '--interval <interval>',
      '1m to 1d',
      matching(/^(1|3|5|15|30)m$|^(1|2|4|6|8|12)h$|^1d$/, '1m, 1h, 1d'),
      '1h',
    )
    .option('--directory <path>', 'where the months are kept', fileURLToPath(new URL('../../data', import.meta.url)))
    .option('--base-url <url>', 'a mirror', urlOf, 'https://data.binance.vision')
    .exitOverride()
    .configureOutput({ writeOut: text => output.line(text.trimEnd()), writeErr: text => output.error(text.trimEnd()) })
    .action((options: Options) => download(options, output))
}

async function download(options: Options, output: Output): Promise<void> {
  const progress = output.isTTY ? barProgress() : lineProgress(output)
  try {
    const files = await downloadYear({ ...options, onProgress: progress.step })
    progress.stop()
    output.line(
      `${options.symbol} ${options.interval} ${options.year}: ${files.length} months verified in ${options.directory}`,
    )
  } finally {
    progress.stop()
  }
}

interface Progress {
  step(progress: ArchiveProgress): void
  stop(): void
}

function barProgress(): Progress {
  const bar = new SingleBar({ format: '{bar} {value}/{total} months, {eta_formatted} left', hideCursor: true })
  bar.start(12, 0)
  return { step: ({ done }) => bar.update(done), stop: () => bar.stop() }
}

function lineProgress(output: Output): Progress {
  return {
    step: ({ file, cached, done, total }) =>
      output.line(`${done}/${total} ${file} ${cached ? 'cached' : 'downloaded'}`),
    stop: () => {},
  }
}

function yearOf(text: string): number {
  // Binance opened in 2017.
  if (!/^20(1[7-9]|[2-9]\d)$/.test(text)) throw new InvalidArgumentError('Expected a year from 2017 on.')
  return Number(text)
}

function matching(pattern: RegExp, example: string): (text: string) => string {
  return text => {
    if (!pattern.test(text)) throw new InvalidArgumentError(`Expected something like ${example}.`)
    return text
  }
}

function urlOf(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? ''))
    throw new InvalidArgumentError('Expected an http or https URL.')
  return text.replace(/\/+$/, '')
}

function isCommanderExit(error: unknown): error is { exitCode: number } {
  return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number'
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await runData(process.argv.slice(2), {
    isTTY: process.stderr.isTTY === true,
    line: text => console.log(text),
    error: text => console.error(text),
  })
}
