import { realpathSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArtifact } from '@candlewatch/adapters/models/model-files'
import { numberOf } from '@candlewatch/adapters/sources/csv/cell'
import { warmUpBars } from '@candlewatch/core/engine/pipeline'
import { CandlewatchError } from '@candlewatch/core/errors'
import { loadModel, type Model, parseManifest } from '@candlewatch/core/forecast/artifact'
import { startBackend } from '@candlewatch/core/forecast/backend'
import type { Series } from '@candlewatch/core/types'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { detect } from './detection/detect.ts'
import type { DetectionReport } from './detection/detection-report.ts'
import { type Labels, readLabels } from './detection/labels.ts'
import { countMarks, eventsOf } from './detection/marks.ts'
import { dayAfter, placeOf, refuseOtherInterval } from './judging-model.ts'
import { date, interval, modelName } from './option-values.ts'
import { type Output, runProgram, terminal } from './program.ts'
import { reportCard, toJson } from './report/card.ts'
import { toHtml } from './report/html.ts'
import { type Judged, judgeRows } from './report/judged-rows.ts'
import { readPeer, refuseStranger } from './report/peer.ts'
import { toMarkdown, toText } from './report/text.ts'
import { marksFromDatabase } from './series/database.ts'
import { databaseOption, marksOption, readRows } from './series/rows.ts'

interface Options {
  readonly csv?: string
  readonly database?: string
  readonly interval: string
  readonly from?: number
  readonly to: number
  readonly model?: string
  readonly models: string
  readonly name: string
  readonly peer: readonly string[]
  readonly labels?: string
  readonly marks?: true
  readonly alarmsPerWeek: number
  readonly detection: boolean
  readonly json?: string
  readonly html?: string
  readonly markdown?: string
}

/** `npm run evaluate`: the report card of forecast and detection. Answers with the exit code. */
export function runEvaluate(args: readonly string[], output: Output): Promise<number> {
  return runProgram(makeCommand(output), args, output)
}

function makeCommand(output: Output): Command {
  return new Command('npm run evaluate --')
    .description(
      "A model's report card: the engine's forecasts and alarms over past rows, beside naive ones, with intervals.",
    )
    .option('--csv <file>', 'rows, in any layout that data/README.md names; those before --from warm it up')
    .addOption(databaseOption())
    .option('--interval <interval>', 'of --database', interval, '1h')
    .option('--from <date>', "first open to judge, UTC (default: the day after the model's training rows)", date)
    .option('--to <date>', 'opens before this are judged, UTC (default: the end)', date, Number.POSITIVE_INFINITY)
    .option('--model <folder>', 'a version folder, with its manifest.json (default: the newest of --name)')
    .option('--models <folder>', 'where models lie', fileURLToPath(new URL('../../models', import.meta.url)))
    .option('--name <name>', 'the model', modelName, 'btc-usd-1h')
    .option('--peer <file...>', "other forecasters' predictions: date,high,low", [])
    .option('--labels <file>', 'market events to find: start_utc,hours and optionally tier,label')
    .addOption(marksOption().conflicts('labels'))
    .option('--alarms-per-week <number>', 'the budget of alarms', rate, 1)
    .option('--no-detection', 'leave detection out: the forecast alone')
    .option('--json <file>', 'write the numbers')
    .option('--html <file>', 'write a page with charts')
    .option('--markdown <file>', 'write the tables')
    .action((options: Options) => evaluate(options, output))
}

async function evaluate(options: Options, output: Output): Promise<void> {
  const artifact = await readArtifact(...placeOf(options))
  const manifest = parseManifest(artifact.manifestJson)
  const series = await readRows(options)
  refuseOtherInterval(manifest, series)
  const peers = await Promise.all(options.peer.map(readPeer))
  const marks = options.marks ? await marksFromDatabase(series) : null
  const labels = marks ? eventsOf(marks) : options.labels === undefined ? null : await readLabels(options.labels)
  await startBackend()
  const model = await loadModel(artifact)
  const range = { from: options.from ?? dayAfter(manifest.training.to), to: options.to }
  const progress = makeProgress(output)
  const judged = await judgeRows(series, model, range, progress.step, options.alarmsPerWeek).finally(progress.stop)
  for (const peer of peers) refuseStranger(peer, judged.rows)
  const found = options.detection ? await detectIn(series, model, judged, labels, options, output) : null
  const { verdicts } = judged
  const rows = { start: verdicts[0]!.date, end: verdicts.at(-1)!.date }
  const detection = found && marks ? { ...found, marks: countMarks(found.episodes, marks, rows) } : found
  const card = reportCard(series, manifest, judged, peers, detection)
  output.line(toText(card))
  for (const [file, write] of [
    [options.json, toJson],
    [options.markdown, toMarkdown],
    [options.html, toHtml],
  ] as const) {
    if (file !== undefined) await save(file, write(card), output)
  }
}

function detectIn(
  series: Series,
  model: Model,
  { verdicts }: Judged,
  labels: Labels | null,
  { alarmsPerWeek }: Options,
  output: Output,
): Promise<DetectionReport> {
  const { step, stop } = makeProgress(output)
  return detect(series, model, verdicts, { alarmsPerWeek, labels, warmUpBars, onProgress: step }).finally(stop)
}

function makeProgress(output: Output): { step(done: number, total: number): void; stop(): void } {
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
  let said = performance.now()
  return {
    step(done, total) {
      if (performance.now() - said < 5_000 || done === total) return
      said = performance.now()
      output.error(`${done}/${total} rows`)
    },
    stop: () => {},
  }
}

async function save(file: string, text: string, output: Output): Promise<void> {
  try {
    await mkdir(dirname(resolve(file)), { recursive: true })
    await writeFile(file, text)
  } catch (cause) {
    const message = `${file}: expected a place that can be written, found ${(cause as NodeJS.ErrnoException).code}. Name another file.`
    throw new CandlewatchError('ERR_OPTION_INVALID', message, { cause })
  }
  output.line(`\nWritten: ${file}`)
}

function rate(text: string): number {
  const x = numberOf(text)
  if (!(x >= 0)) throw new InvalidArgumentError('Expected a number from 0 on, for example 1 or 0.5.')
  return x
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await runEvaluate(process.argv.slice(2), terminal())
}
