import { readModel } from '@candlewatch/adapters/models/stored-model'
import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { ModelStore } from '@candlewatch/adapters/stores/models'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { CandlewatchError } from '@candlewatch/core/errors'
import { loadModel, type Model } from '@candlewatch/core/forecast/artifact'
import { startBackend } from '@candlewatch/core/forecast/backend'
import { formatInterval } from '@candlewatch/core/interval'
import { type Stream, streamKey } from '@candlewatch/core/time'
import { Command, Option } from 'commander'
import { readEnv } from './env.ts'
import { interval, marketName } from './option-values.ts'
import { writeFiles } from './output-files.ts'
import { Chain } from './parity/chain.ts'
import type { Difference } from './parity/difference.ts'
import type { MakePipeline } from './parity/engines.ts'
import { countOf, type NotCompared, reasons, textOf as textOfSkipped } from './parity/not-compared.ts'
import { checkStream, type StreamParity } from './parity/stream.ts'
import { type Output, runAsMain, runProgram } from './program.ts'
import { withStore } from './series/database.ts'

interface Options {
  readonly market?: string
  readonly interval?: string
  readonly models?: string
  readonly json?: string
}

/** `npm run parity`: are the verdicts that are stored those that the stored bars make? Answers with the exit code. */
export function runParity(args: readonly string[], output: Output): Promise<number> {
  return runProgram(makeCommand(output), args, output)
}

function makeCommand(output: Output): Command {
  return new Command('npm run parity --')
    .description('Judges every judged bar in the database again and compares the verdicts byte for byte.')
    .addOption(new Option('--market <market>', 'only this market, such as bitstamp:BTC-USD').argParser(marketName))
    .option('--interval <interval>', 'only this interval, such as 1h', interval)
    .option('--models <folder>', "where the models are (default: MODELS_DIR, the server's)")
    .option('--json <file>', 'write the counts, the chain over all streams, and what was not compared')
    .addHelpText('after', help)
    .action((options: Options) => parity(options, output))
}

const help = `
It reads the variables of a server: DATABASE_URL names the database (without it, it is the private one in DATA_DIR), and
MODELS_DIR the folder of models that the database does not have. Exit code 1 if a verdict differs; each stream is compared up to
the first one. What cannot be compared is listed with the reason. Verdicts that were withdrawn after a correction are judged
again too, by the bars as they were known then. The chain is a SHA-256 over all stored verdicts in order: two databases with the
same chain hold the same verdicts. Sentences are not part of it. Verdicts that an earlier version stored with sentences in
place of reasons are compared without them.`

async function parity(options: Options, output: Output): Promise<void> {
  await startBackend()
  const env = readEnv()
  const total = new Chain()
  const found = await withStore(env, async store => {
    const makeFresh = pipelines(store, options.models ?? env.MODELS_DIR)
    const all: StreamParity[] = []
    for (const stream of await streamsOf(store, options)) {
      const one = await checkStream(store, stream, makeFresh, total)
      for (const line of linesOf(one)) output.line(line)
      all.push(one)
    }
    return all
  })
  if (options.json !== undefined) {
    await writeFiles([{ file: options.json, text: `${JSON.stringify(summaryOf(found, total), null, 2)}\n` }])
  }
  const different = found.find(({ difference }) => difference !== null)
  if (different?.difference) throw new CandlewatchError('ERR_PARITY', differenceText(different, different.difference))
  if (total.hash === '') return output.line('No verdicts are stored, so there is nothing to compare.')
  if (found.every(({ compared }) => compared === 0)) {
    throw new CandlewatchError('ERR_PARITY', 'Expected verdicts that can be judged again, found none.')
  }
}

/** The content of `--json`, over all streams. */
interface ParitySummary {
  readonly compared: number
  readonly notCompared: number
  /** Streams with a verdict that differs; each is compared up to there. */
  readonly differences: number
  /** Goes on from stream to stream; with a single stream it is that stream's. */
  readonly chain: string
  /** What `notCompared` counts. */
  readonly details: readonly Detail[]
}

/** Verdicts of a stream that cannot be judged again for one reason. */
interface Detail extends NotCompared {
  readonly market: string
  readonly interval: string
  /** The reason as a sentence. */
  readonly because: string
}

function summaryOf(found: readonly StreamParity[], total: Chain): ParitySummary {
  const sum = (of: (one: StreamParity) => number) => found.reduce((all, one) => all + of(one), 0)
  return {
    compared: sum(({ compared }) => compared),
    notCompared: sum(({ notCompared }) => countOf(notCompared)),
    differences: sum(({ difference }) => (difference ? 1 : 0)),
    chain: total.hash,
    details: found.flatMap(detailsOf),
  }
}

function detailsOf({ market, intervalMs, notCompared }: StreamParity): readonly Detail[] {
  return notCompared.map(({ model, reason, verdicts, from, to }) => {
    const interval = formatInterval(intervalMs)
    return { market, interval, model, reason, because: reasons[reason], verdicts, from, to }
  })
}

/** Ordered by their keys, so that the chain over all of them is always the same. */
async function streamsOf(store: BarStore, { market, interval: wanted }: Options): Promise<readonly Stream[]> {
  const all = await store.streams()
  const asked = all.filter(
    stream =>
      (market === undefined || stream.market === market) &&
      (wanted === undefined || formatInterval(stream.intervalMs) === wanted),
  )
  return asked.sort((a, b) => (streamKey(a) < streamKey(b) ? -1 : 1))
}

/** Each model is read once: from the database, or from the folder if it is not stored there. */
function pipelines(store: ModelStore, modelsDir: string): MakePipeline {
  const places = { store, modelsDir, cacheDir: null }
  const models = new Map<string, Promise<Model>>()
  return async (id, stream, { calendar }) => {
    const [name = '', version = ''] = id.split('@')
    const model = models.get(id) ?? readModel(places, name, version).then(({ files }) => loadModel(files))
    models.set(id, model)
    const config = { ...stream, alarmsPerWeek: 0 }
    return makePipeline(calendar ? { ...config, calendar } : config, await model)
  }
}

function linesOf({ market, intervalMs, compared, notCompared, chain, difference }: StreamParity): readonly string[] {
  const judged = `${compared.toLocaleString('en')} verdicts judged again, ${difference ? 'the last one differs' : 'all as stored'}`
  const skipped = countOf(notCompared)
  const counts = skipped > 0 ? `${judged}; ${skipped.toLocaleString('en')} not compared` : judged
  const head = `${market} ${formatInterval(intervalMs)}: ${counts}. Chain ${chain || '–'}`
  return [head, ...notCompared.map(one => `  ${textOfSkipped(one)}`)]
}

function differenceText({ market, intervalMs }: StreamParity, { date, field, stored, judged }: Difference): string {
  const where = `${market} ${formatInterval(intervalMs)}, the bar of ${date}`
  if (field === '') return `${where}: the same values are stored in another order or writing.`
  return `${where}: ${field} is stored as ${JSON.stringify(stored)} and judged as ${JSON.stringify(judged)}.`
}

await runAsMain(import.meta.url, runParity)
