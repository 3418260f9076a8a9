import { fileURLToPath } from 'node:url'
import { type ArchiveProgress, downloadYear } from '@candlewatch/adapters/sources/archive'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { type Output, runAsMain, runProgram } from './program.ts'

interface Options {
  readonly year: number
  readonly symbol: string
  readonly interval: string
  readonly directory: string
  readonly baseUrl: string
}

/** Runs `npm run data`, which downloads a year of monthly archives into the cache. Returns the exit code. */
export function runData(args: readonly string[], output: Output): Promise<number> {
  return runProgram(makeCommand(output), args, output)
}

function makeCommand(output: Output): Command {
  return new Command('npm run data --')
    .description("Downloads a year of Binance's monthly kline archives, verifies their checksums and caches them.")
    .requiredOption('--year <year>', 'the year, such as 2021', yearOf)
    .option(
      '--symbol <symbol>',
      'the pair in the notation of Binance',
      matching(/^[A-Z0-9]{5,20}$/, 'BTCUSDT'),
      'BTCUSDT',
    )
    .option(
      '--interval <interval>',
      'the length of the bars, 1m to 1d',
      matching(/^(1|3|5|15|30)m$|^(1|2|4|6|8|12)h$|^1d$/, '1m, 1h, 1d'),
      '1h',
    )
    .option(
      '--directory <path>',
      'where the archives are cached',
      fileURLToPath(new URL('../../data', import.meta.url)),
    )
    .option('--base-url <url>', 'a mirror of the archives', urlOf, 'https://data.binance.vision')
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

await runAsMain(import.meta.url, runData)
