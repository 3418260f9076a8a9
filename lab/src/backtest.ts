import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArtifact } from '@candlewatch/adapters/models/model-files'
import { episodeAnswer } from '@candlewatch/api/values/sentences'
import { compare } from '@candlewatch/core/decide/comparison'
import { makeValueSeries, warmUpRows } from '@candlewatch/core/engine/value-series'
import { CandlewatchError } from '@candlewatch/core/errors'
import { loadModel, type Manifest, type Model, parseManifest } from '@candlewatch/core/forecast/artifact'
import { startBackend } from '@candlewatch/core/forecast/backend'
import { formatInterval } from '@candlewatch/core/interval'
import type { Series } from '@candlewatch/core/types'
import { Command, InvalidArgumentError, Option } from 'commander'
import { marked, type Rehearsal, rehearse } from './backtest/rehearsal.ts'
import { type ScoredRow, scoredRow, toScoresCsv } from './backtest/scores.ts'
import { bySeverity, comparisonText, perWeek, rehearsalText, seriesText } from './backtest/text.ts'
import { readSamples, stretchesOf } from './backtest/value-series.ts'
import { dayAfter, placeFor, refuseOtherInterval } from './judging-model.ts'
import { date, interval, modelName, share, whole } from './option-values.ts'
import { type OutputFile, writeFiles } from './output-files.ts'
import { type Output, rowProgress, runAsMain, runProgram } from './program.ts'
import { marksFromDatabase } from './series/database.ts'
import { databaseOption, marksOption, readRows } from './series/series.ts'

interface Options {
  readonly csv?: string
  readonly database?: string
  readonly interval: string
  readonly marks?: true
  readonly series?: string
  readonly from?: number
  readonly to: number
  readonly model?: string
  readonly models: string
  readonly name?: string
  readonly alarmsPerWeek: number
  readonly alarmShare?: number
  readonly level?: number
  readonly againstAlarmsPerWeek?: number
  readonly againstModel?: string
  readonly asListed?: true
  readonly limit: number
  readonly scores?: string
  readonly json?: string
}

/** Runs `npm run backtest`, which shows the alarms that the engine would have raised on past rows. Returns the exit code. */
export function runBacktest(args: readonly string[], output: Output): Promise<number> {
  return runProgram(makeCommand(output), args, output)
}

const candlesOnly = [
  'database',
  'marks',
  'from',
  'to',
  'model',
  'models',
  'name',
  'againstAlarmsPerWeek',
  'againstModel',
]

function makeCommand(output: Output): Command {
  return new Command('npm run backtest --')
    .description(
      'Shows which alarms the live engine would have raised on past rows with a given budget, and can write a score for every row.',
    )
    .option(
      '--csv <file>',
      'candles in any layout listed in data/README.md; up to 5,000 before --from warm up the engine',
    )
    .addOption(databaseOption())
    .option('--interval <interval>', 'with --database: the length of the bars', interval, '1h')
    .addOption(marksOption())
    .addOption(
      new Option(
        '--series <file>',
        'instead of candles: a file of two columns, timestamp,value, judged row by row without a model',
      ).conflicts(['csv', ...candlesOnly]),
    )
    .option('--from <date>', "first open to judge, UTC (default: the day after the model's training rows)", date)
    .addOption(
      new Option('--to <date>', 'judge rows that open before this date, UTC')
        .argParser(date)
        .default(Number.POSITIVE_INFINITY, 'the end'),
    )
    .option('--model <folder>', 'a version folder with its manifest.json (default: the newest of --name)')
    .option('--models <folder>', 'where the models are', fileURLToPath(new URL('../../models', import.meta.url)))
    .option('--name <name>', 'the model (default: the one that a server would choose for the rows)', modelName)
    .option(
      '--alarms-per-week <number>',
      'the alarm budget: false alarms per week you accept; alarms within 6 h count once',
      budget,
      1,
    )
    .addOption(
      new Option('--alarm-share <share>', 'with --series: the budget as a share of rows, such as 0.001')
        .argParser(share)
        .conflicts(['csv', 'alarmsPerWeek']),
    )
    .addOption(
      new Option('--level <score>', 'with --series: no alarm below this score, whatever the budget allows')
        .argParser(level)
        .conflicts('csv'),
    )
    .option('--against-alarms-per-week <number>', 'compare with another budget', budget)
    .option('--against-model <folder>', 'compare with another model')
    .option('--as-listed', 'with --series: keep the order of the file when timestamps repeat or go back')
    .option('--limit <count>', 'how many alarms to list, most severe first', whole, 20)
    .option('--scores <file>', 'write date,value,score,pValue,isAnomaly,status,lane of every row')
    .option('--json <file>', 'write the numbers and all alarms as JSON')
    .addHelpText('after', help)
    .action((options: Options) => (options.series === undefined ? candles(options, output) : values(options, output)))
}

const help = `
Scores: date is the row's open (ISO 8601, UTC), value its close, score that of the driver, isAnomaly true or false; a cell is
empty where there is no opinion. Every row of the range is listed, including those that warm up the engine.

Series: timestamps are ISO 8601, "YYYY-MM-DD HH:MM:SS" or Unix s or ms, UTC; a header is optional and gaps are allowed. The
first ${warmUpRows} rows warm up the detector, and every row is judged by the rows before it. A score of 2 is one row in a hundred or rarer, 3
one in a thousand or rarer. isAnomaly is true in the first row of an episode only; the status of all its alarming rows is anomaly.
With --level, scores below it raise no alarm: a series without anomalies then spends no budget. A weekly budget is converted to rows by the median distance of those ${warmUpRows} rows; for a series that covers
days rather than months, use --alarm-share.

Examples:
  npm run backtest -- --csv data/BTC-Hourly.csv --from 2021-01-01 --to 2022-01-01 --against-alarms-per-week 2
  npm run backtest -- --series cpu.csv --alarm-share 0.0005 --level 5 --scores scores.csv`

async function candles(options: Options, output: Output): Promise<void> {
  if (options.alarmShare !== undefined || options.level !== undefined || options.asListed) {
    const message = 'Expected --alarm-share, --level and --as-listed with --series only.'
    throw new CandlewatchError('ERR_OPTION_INVALID', message)
  }
  const series = await readRows(options)
  const marks = options.marks ? await marksFromDatabase(series) : null
  await startBackend()
  const { model, manifest } = await modelAt(options, series)
  const range = { from: options.from ?? dayAfter(manifest, series), to: options.to }
  const onProgress = rowProgress({ ...output, isTTY: false }).step
  const { alarmsPerWeek } = options
  const first = marked(await rehearse(series, model, range, { alarmsPerWeek, onProgress }), marks)
  const other = await otherSide(options, series, model)
  const second = other && marked(await rehearse(series, other.model, range, { ...other, onProgress }), marks)
  const comparison = second && compare(first.episodes, second.episodes)
  const files = outputs(options, first.verdicts.map(scoredRow), {
    source: series.name,
    market: series.market,
    interval: formatInterval(series.intervalMs),
    ...numbersOf(first, series),
    ...(second && { against: numbersOf(second, series) }),
    ...(comparison && {
      comparison: {
        ...comparison,
        more: comparison.more.map(episodeAnswer),
        fewer: comparison.fewer.map(episodeAnswer),
      },
    }),
  })
  await writeFiles(files)
  output.line(rehearsalText(first, series.name, series.intervalMs, page(options)))
  if (second && comparison) output.line(`\n${comparisonText(comparison, second, page(options))}`)
  for (const { file } of files) output.line(`\nWritten: ${file}`)
}

/** Returns the model and budget to compare with; null when the options name neither. */
async function otherSide(
  options: Options,
  series: Series,
  first: Model,
): Promise<{ readonly model: Model; readonly alarmsPerWeek: number } | null> {
  const { againstModel, againstAlarmsPerWeek, alarmsPerWeek } = options
  if (againstModel === undefined && againstAlarmsPerWeek === undefined) return null
  const model = againstModel === undefined ? first : (await modelAt({ ...options, model: againstModel }, series)).model
  return { model, alarmsPerWeek: againstAlarmsPerWeek ?? alarmsPerWeek }
}

function numbersOf(rehearsal: Rehearsal, { intervalMs }: Series) {
  const { model, alarmsPerWeek, verdicts, episodes, marks, rowsPerSecond } = rehearsal
  return {
    model,
    alarmsPerWeek,
    rows: verdicts.length,
    rowsPerSecond,
    from: verdicts[0]?.date,
    to: verdicts.at(-1)?.date,
    alarms: episodes.length,
    ...(marks && { marks }),
    alarmsPerWeekFound: Number(perWeek(rehearsal, intervalMs).toFixed(3)),
    bySeverity: bySeverity(episodes),
    episodes: episodes.map(episodeAnswer),
  }
}

async function values(options: Options, output: Output): Promise<void> {
  const { series: file = '', alarmShare, alarmsPerWeek, level } = options
  const samples = await readSamples(file, options.asListed)
  const budget = alarmShare === undefined ? { alarmsPerWeek } : { alarmsPerRow: alarmShare }
  const series = makeValueSeries({ budget, level })
  const began = performance.now()
  const verdicts = samples.map(sample => series.step(sample))
  const summary = {
    source: basename(file),
    rows: verdicts.length,
    from: verdicts[0]?.date ?? '',
    to: verdicts.at(-1)?.date ?? '',
    rowsPerSecond: Math.round((1_000 * verdicts.length) / (performance.now() - began)),
    warmUpRows,
    alarms: verdicts.filter(verdict => verdict.status === 'anomaly').length,
    stretches: stretchesOf(verdicts),
  }
  const files = outputs(options, verdicts, summary)
  await writeFiles(files)
  output.line(seriesText(summary, page(options)))
  for (const { file } of files) output.line(`\nWritten: ${file}`)
}

function outputs({ scores, json }: Options, rows: readonly ScoredRow[], numbers: object): OutputFile[] {
  return [
    ...(scores === undefined ? [] : [{ file: scores, text: toScoresCsv(rows) }]),
    ...(json === undefined ? [] : [{ file: json, text: `${JSON.stringify(numbers, null, 2)}\n` }]),
  ]
}

async function modelAt(options: Options, series: Series): Promise<{ model: Model; manifest: Manifest }> {
  const artifact = await readArtifact(...(await placeFor(options, series)))
  const manifest = parseManifest(artifact.manifestJson)
  refuseOtherInterval(manifest, series)
  return { manifest, model: await loadModel(artifact) }
}

const page = ({ limit }: Options) => ({ rows: limit, columns: process.stdout.columns ?? 100 })

function level(text: string): number {
  const found = Number(text)
  if (text.trim() === '' || !(found >= 0 && found < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError('Expected a score of 0 or more, for example 5.')
  }
  return found
}

function budget(text: string): number {
  const found = Number(text)
  if (text.trim() === '' || !(found >= 0 && found <= 10_000)) {
    throw new InvalidArgumentError('Expected a number of alarms per week, for example 1 or 0.5.')
  }
  return found
}

await runAsMain(import.meta.url, runBacktest)
