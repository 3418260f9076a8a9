import { realpathSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type Artifact, parseManifest } from '@candlewatch/core/forecast/artifact'
import { startBackend } from '@candlewatch/core/forecast/backend'
import type { Bar, Series } from '@candlewatch/core/types'
import { Command, InvalidArgumentError, Option } from 'commander'
import * as values from './option-values.ts'
import { interruptedCode, interruption, type Output, runProgram, terminal } from './program.ts'
import { addSeriesOptions, cutSeries, readSeries, type SeriesOptions, unseenFrom } from './series/series.ts'
import { defaultName } from './train.ts'
import { requireWritable, saveModel } from './training/model-folder.ts'
import { trainingProgress } from './training/progress.ts'
import { requireRows, trainModel } from './training/training.ts'
import { foldsOf } from './tune/folds.ts'
import { type Job, planRungs, type Result, runHalving } from './tune/halving.ts'
import { openJournal, setupOf } from './tune/journal.ts'
import { page, type Tuning, table, winnerOf } from './tune/page.ts'
import { makePool, type Pool } from './tune/pool.ts'
import { tuningProgress } from './tune/progress.ts'
import { champion, comparison, judge, requireUnseen, type Span } from './tune/retrain.ts'
import { type Configuration, drawTrials, longestLookback } from './tune/space.ts'
import type { WorkerSetup } from './tune/worker.ts'

interface Options extends SeriesOptions {
  readonly from: number
  readonly to: number
  readonly trials: number
  readonly folds: number
  readonly seed: number
  readonly threads: number
  readonly out: string
  readonly retrain?: true
  readonly members: number
  readonly judge?: Span
  readonly name?: string
  readonly models: string
}

export type MakePool = (setup: WorkerSetup, threads: number) => Pool

/** `npm run tune`: answers with the exit code. Aborting `stop` keeps every finished training: 130. */
export async function runTune(
  args: readonly string[],
  output: Output,
  stop: AbortSignal,
  poolOf: MakePool = makePool,
): Promise<number> {
  let finished = true
  const command = makeCommand(async options => {
    finished = await tune(options, output, stop, poolOf)
  })
  const code = await runProgram(command, args, output)
  return code === 0 && !finished ? interruptedCode : code
}

const atLeast = (least: number) => (text: string) => {
  const n = values.whole(text)
  if (n < least) throw new InvalidArgumentError(`Expected ${least} or more.`)
  return n
}

function makeCommand(action: (options: Options) => Promise<void>): Command {
  const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
  const command = new Command('npm run tune --').description(
    'Looks for a better configuration by walk-forward folds and successive halving. Run again, it goes on where it was.',
  )
  return addSeriesOptions(command)
    .addOption(
      new Option('--to <date>', 'opens before this are used')
        .argParser(values.date)
        .default(unseenFrom, '2021-01-01, which keeps 2021 unseen'),
    )
    .option('--trials <n>', 'configurations to begin with', values.whole, 27)
    .option('--folds <n>', 'walk-forward windows, 6 or more', atLeast(6), 6)
    .option('--seed <n>', 'same seed, same trials and same winner', values.whole, 1)
    .option('--threads <n>', 'trainings at the same time', values.whole, availableParallelism())
    .option('--out <folder>', 'where results are kept', text => resolve(text), root('.candlewatch/tune'))
    .option('--retrain', 'train the winner on all rows before --to, into the folder of --out')
    .option('--members <n>', 'with --retrain: networks that differ in their seed alone', values.whole, 3)
    .option('--judge <from..to>', 'with --retrain: compare with the newest model on rows that neither saw', values.span)
    .option('--name <name>', 'the model; default: pair and interval', values.modelName)
    .option('--models <folder>', 'where the model to compare with lies', text => resolve(text), root('models'))
    .action(action)
}

/** False when it was stopped. */
async function tune(options: Options, output: Output, stop: AbortSignal, poolOf: MakePool): Promise<boolean> {
  const whole = await readSeries(options, stop)
  const series = cutSeries(whole, options, output.error)
  foldsOf(series, options.folds)
  await requireWritable(options.out)
  const old = await beforeRetraining(series, options)
  const trials = drawTrials(options.trials, options.seed)
  const standings = await search(series, trials, options, output, stop, poolOf)
  if (standings === null) return false
  const winner = winnerOf({ standings })
  if (!Number.isFinite(winner.loss))
    throw new CandlewatchError(
      'ERR_TRAINING_DIVERGED',
      'Every trial diverged. Look at the rows, or narrow tune-space.ts.',
    )
  const configuration = trials[winner.trial] as Configuration
  const tuning: Tuning = {
    title: `Tuning of ${series.name}, seed ${options.seed}`,
    trials,
    rungs: planRungs(trials.length),
    standings,
    folds: options.folds,
    command: commandOf(configuration, options),
  }
  writeFileSync(join(options.out, 'results.md'), table(tuning))
  writeFileSync(join(options.out, 'results.html'), page(tuning))
  output.line(table(tuning))
  output.line(`Written to ${join(options.out, 'results.md')} and results.html.`)
  return options.retrain ? retrain(whole, series, old, configuration, options, output, stop) : true
}

/** null when it was stopped: what is finished is in the journal. */
async function search(
  series: Series,
  trials: readonly Configuration[],
  options: Options,
  output: Output,
  stop: AbortSignal,
  poolOf: MakePool,
) {
  const { folds, seed, threads, out } = options
  const backend = await startBackend()
  const file = join(out, 'results.jsonl')
  const journal = openJournal(file, setupOf(series, { trials, folds, seed }, backend.name))
  output.line(
    `${series.bars.length} rows of ${series.name}; ${journal.size} trainings are known already (${file}); backend ${backend.name}`,
  )
  const progress = tuningProgress(output, planRungs(trials.length), folds)
  const pool = poolOf({ series, folds, seed }, threads)
  const abort = () => void pool.close()
  stop.addEventListener('abort', abort, { once: true })
  const score = async (job: Job): Promise<Result> => {
    const known = journal.find(job)
    const result = known ?? (await pool.score(job))
    if (!known) journal.append(result)
    progress.done(job, result, !known)
    return result
  }
  try {
    stop.throwIfAborted()
    return await runHalving(trials, folds, score)
  } catch (error) {
    if (!stop.aborted) throw error
    output.error(
      `stopped after ${journal.size} of ${progress.total} trainings; they are kept. The same command goes on from there.`,
    )
    return null
  } finally {
    progress.stop()
    stop.removeEventListener('abort', abort)
    await pool.close()
  }
}

/** What would fail after an hour of tuning fails now. Answers with the model to compare with. */
async function beforeRetraining(series: Series, { retrain, judge: span, models, name }: Options) {
  if (!retrain) return null
  requireRows(series, longestLookback)
  if (!span) return null
  requireUnseen('the winner', (series.bars.at(-1) as Bar).ts - series.intervalMs, span)
  const old = await champion(models, name ?? defaultName(series))
  if (!old) return null
  const manifest = parseManifest(old.manifestJson)
  requireUnseen(`${manifest.name} ${manifest.version}`, Date.parse(manifest.training.to), span)
  return old
}

async function retrain(
  whole: Series,
  series: Series,
  old: Artifact | null,
  configuration: Configuration,
  options: Options,
  output: Output,
  stop: AbortSignal,
): Promise<boolean> {
  const name = options.name ?? defaultName(series)
  const progress = trainingProgress(output, 2 * configuration.epochs * options.members)
  const model = await trainModel(
    series,
    {
      ...configuration,
      name,
      refit: true,
      distillation: 0,
      seed: options.seed,
      members: options.members,
      backend: (await startBackend()).name,
    },
    { ...progress, stopped: () => stop.aborted },
  ).finally(progress.stop)
  output.line(`Winner trained: ${await saveModel(model, join(options.out, 'models'))}`)
  if (model.ended === 'stopped') return false
  if (!options.judge) return true
  const judgements = []
  for (const artifact of old ? [model, old] : [model]) judgements.push(await judge(artifact, whole, options.judge))
  output.line(comparison(judgements, options.judge))
  if (!old) output.line(`There is no ${name} in ${options.models} to compare with.`)
  return true
}

function commandOf(c: Configuration, { csv, database, archive, years, interval }: Options): string {
  const quoted = (text: string) => (/^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`)
  const source = csv
    ? `--csv ${quoted(csv)}`
    : database
      ? `--database ${quoted(database)} --interval ${interval}`
      : `--archive ${archive} --years ${years?.join(',')} --interval ${interval}`
  return `npm run train -- ${source} --units ${c.units} --lookback ${c.lookback} --learning-rate ${c.learningRate} --epochs ${c.epochs} --batch-size ${c.batchSize} --weighting '${c.weighting}' --averaging ${c.averaging}`
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const output = terminal()
  process.exitCode = await runTune(process.argv.slice(2), output, interruption(output))
}
