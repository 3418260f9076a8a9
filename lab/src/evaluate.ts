import { fileURLToPath } from 'node:url'
import { readArtifact } from '@candlewatch/adapters/models/model-files'
import { numberOf } from '@candlewatch/adapters/sources/csv/cell'
import { warmUpBars } from '@candlewatch/core/engine/pipeline'
import { CandlewatchError } from '@candlewatch/core/errors'
import { loadModel, parseManifest } from '@candlewatch/core/forecast/artifact'
import { startBackend } from '@candlewatch/core/forecast/backend'
import { Command, InvalidArgumentError, Option } from 'commander'
import { detect } from './detection/detect.ts'
import { readLabels } from './detection/labels.ts'
import { countMarks, eventsOf } from './detection/marks.ts'
import { dayAfter, placeFor, refuseOtherInterval } from './judging-model.ts'
import { date, interval, modelName } from './option-values.ts'
import { type OutputFile, writeFiles } from './output-files.ts'
import { type Output, rowProgress, runAsMain, runProgram } from './program.ts'
import { reportCard, toJson } from './report/card.ts'
import { toHtml } from './report/html.ts'
import { judgeRows } from './report/judged-rows.ts'
import { readPeer, refuseStranger } from './report/peer.ts'
import { toMarkdown, toText } from './report/text.ts'
import { marksFromDatabase } from './series/database.ts'
import { databaseOption, marksOption, readRows } from './series/series.ts'
import { judgeFiles } from './streams/judge-files.ts'
import { streamsHtml } from './streams/streams-html.ts'
import { namedIn, streamsJson, streamsMarkdown, streamsText, troubleText } from './streams/streams-table.ts'

interface Options {
  readonly csv: readonly string[]
  readonly table?: true
  readonly database?: string
  readonly interval: string
  readonly from?: number
  readonly to: number
  readonly model?: string
  readonly models: string
  readonly name?: string
  readonly peer: readonly string[]
  readonly labels?: string
  readonly marks?: true
  readonly alarmsPerWeek: number
  readonly detection: boolean
  readonly json?: string
  readonly html?: string
  readonly markdown?: string
}

/** Runs `npm run evaluate`, the report card of forecast and detection. Returns the exit code. */
export function runEvaluate(args: readonly string[], output: Output): Promise<number> {
  return runProgram(makeCommand(output), args, output)
}

function makeCommand(output: Output): Command {
  return new Command('npm run evaluate --')
    .description(
      "Writes a model's report card: how the engine's forecasts and alarms did on past rows, compared with naive forecasts, with 95 % intervals.",
    )
    .addOption(
      new Option(
        '--csv <file...>',
        'rows in any layout listed in data/README.md; those before --from warm up the engine. Several files give a table, a row a stream',
      ).default([], 'none'),
    )
    .option('--table', 'the table for a single file too')
    .addOption(databaseOption())
    .option('--interval <interval>', 'with --database: the length of the bars', interval, '1h')
    .option('--from <date>', "first open to judge, UTC (default: the day after the model's training rows)", date)
    .addOption(
      new Option('--to <date>', 'judge rows that open before this date, UTC')
        .argParser(date)
        .default(Number.POSITIVE_INFINITY, 'the end'),
    )
    .option('--model <folder>', 'a version folder with its manifest.json (default: the newest of --name)')
    .option('--models <folder>', 'where the models are', fileURLToPath(new URL('../../models', import.meta.url)))
    .option('--name <name>', 'the model (default: the one that a server would choose for the rows)', modelName)
    .addOption(
      new Option('--peer <file...>', "other forecasters' predictions to compare with: date,high,low").default(
        [],
        'none',
      ),
    )
    .option('--labels <file>', 'market events that should be found: start_utc,hours and optionally tier,label')
    .addOption(marksOption().conflicts('labels'))
    .option('--alarms-per-week <number>', 'the alarm budget: false alarms per week you accept', rate, 1)
    .option('--no-detection', 'evaluate the forecast only')
    .option('--json <file>', 'write the numbers as JSON')
    .option('--html <file>', 'write a page with charts')
    .option('--markdown <file>', 'write the tables as Markdown')
    .action((options: Options) =>
      options.table || options.csv.length > 1 ? tabulate(options, output) : evaluate(options, output),
    )
}

const budgets = [0.2, 1, 3, 10, 20]

/** Judges several files and writes one table. A file that can't be judged is named, and the program then ends with an error. */
async function tabulate(options: Options, output: Output): Promise<void> {
  const { csv, from = null, to, alarmsPerWeek, peer, labels, marks, detection, database } = options
  if (csv.length === 0 || database !== undefined)
    throw new CandlewatchError('ERR_OPTION_INVALID', 'Expected --csv FILE with --table, found none. Name one or more.')
  if (peer.length > 0 || labels !== undefined || marks || !detection) {
    const message = 'Expected --peer, --labels, --marks and --no-detection with one file and without --table only.'
    throw new CandlewatchError('ERR_OPTION_INVALID', message)
  }
  const { model, models, name } = options
  const choice = { ...(model !== undefined && { model }), models, ...(name !== undefined && { name }) }
  const jobs = csv.map(file => ({ file, from, to, alarmsPerWeek, budgets, model: choice }))
  const judged = await judgeFiles(jobs, file => output.error(`${file} done`))
  const report = { alarmsPerWeek, ...judged }
  if (judged.streams.length > 0) output.line(streamsText({ ...report, troubles: [] }))
  await write(options, output, { json: streamsJson, markdown: streamsMarkdown, html: streamsHtml }, report)
  const [first, ...others] = judged.troubles
  for (const trouble of others) output.error(troubleText(trouble))
  if (first) throw new CandlewatchError(first.code, namedIn(first))
}

/** Writes the files that the options name. */
async function write<Report>(
  options: Options,
  output: Output,
  writers: Readonly<Record<'json' | 'markdown' | 'html', (report: Report) => string>>,
  report: Report,
): Promise<void> {
  const files = (['json', 'markdown', 'html'] as const).flatMap((kind): OutputFile[] => {
    const file = options[kind]
    return file === undefined ? [] : [{ file, text: writers[kind](report) }]
  })
  await writeFiles(files)
  for (const { file } of files) output.line(`\nWritten: ${file}`)
}

async function evaluate(options: Options, output: Output): Promise<void> {
  const [csv] = options.csv
  const { database, interval: step } = options
  const series = await readRows({
    ...(csv !== undefined && { csv }),
    ...(database !== undefined && { database }),
    interval: step,
  })
  const artifact = await readArtifact(...(await placeFor(options, series)))
  const manifest = parseManifest(artifact.manifestJson)
  refuseOtherInterval(manifest, series)
  const peers = await Promise.all(options.peer.map(readPeer))
  const marks = options.marks ? await marksFromDatabase(series) : null
  const labels = marks ? eventsOf(marks) : options.labels === undefined ? null : await readLabels(options.labels)
  await startBackend()
  const model = await loadModel(artifact)
  const range = { from: options.from ?? dayAfter(manifest, series), to: options.to }
  const { alarmsPerWeek } = options
  const progress = rowProgress(output)
  const judged = await judgeRows(series, model, range, { alarmsPerWeek, onProgress: progress.step }).finally(
    progress.stop,
  )
  for (const peer of peers) refuseStranger(peer, judged.rows)
  const { verdicts } = judged
  const found = options.detection
    ? await detect(series, model, verdicts, { alarmsPerWeek, labels, warmUpBars, onProgress: progress.step }).finally(
        progress.stop,
      )
    : null
  const [first, last] = [verdicts[0]?.date ?? '', verdicts.at(-1)?.date ?? '']
  const counted = marks && found && countMarks(found.episodes, marks, { start: first, end: last })
  const detection = found && counted ? { ...found, marks: counted } : found
  const card = reportCard(series, manifest, judged, peers, detection)
  output.line(toText(card))
  await write(options, output, { json: toJson, markdown: toMarkdown, html: toHtml }, card)
}

function rate(text: string): number {
  const x = numberOf(text)
  if (!(x >= 0)) throw new InvalidArgumentError('Expected a number from 0 on, for example 1 or 0.5.')
  return x
}

await runAsMain(import.meta.url, runEvaluate)
