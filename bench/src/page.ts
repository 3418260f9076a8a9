import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { nth } from '@candlewatch/core/nth'
import { hourMs, minuteMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { Command } from 'commander'
import { atLeast } from './figures.ts'
import { Feed } from './page/feed.ts'
import { heap } from './page/heap.ts'
import { linesOf } from './page/lines.ts'
import { paint } from './page/paint.ts'
import { onStage, type Stage } from './page/stage.ts'
import { mostBars, type Subject, type Zoom } from './page/subject.ts'
import { table } from './page/table.ts'
import { update } from './page/update.ts'
import { zoom } from './page/zoom.ts'

interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly soak: number
}

const options = new Command()
  .name('npm run bench:page --')
  .description(
    'Measures the page in a browser and compares it with plain Plotly and lightweight-charts on the same rows.',
  )
  .option('--rounds <count>', 'rounds of each; the median counts; 0 runs only the soak', atLeast(0), 3)
  .option('--seconds <count>', 'seconds with ten rows per second in each round', atLeast(3), 30)
  .option(
    '--soak <minutes>',
    'then post ten rows per second for this long and measure the memory of the page',
    atLeast(0),
    0,
  )
  .parse()
  .opts<Options>()

const yearBars = 8_760
const longBars = 100_000
const dist = fileURLToPath(new URL('../../web/dist', import.meta.url))

async function run(stage: Stage): Promise<void> {
  const [load] = loadavg().map(value => value.toFixed(1))
  console.log(
    `Chromium ${stage.browser.version()} without a GPU, 1440 × 900, ${cpus().length} × ${cpus()[0]?.model}, load ${load}; ` +
      'server, database and browser on this machine',
  )
  if (options.rounds > 0) await measure(stage)
  if (options.soak > 0) await soak(stage)
}

async function measure({ browser, url, peersUrl }: Stage): Promise<void> {
  const ours = oursAt(url)
  const plotly: Subject = { name: 'Plotly', url: `${peersUrl}/plotly` }
  const lightweight: Subject = { name: 'lightweight-charts', url: `${peersUrl}/lightweight` }
  const all = [ours, plotly, lightweight]

  const hours = syntheticYear({ to: Date.UTC(2025, 0, 1) as Ms }).series.bars
  const year = new Feed(url, 'bench:YEAR-USD', hourMs, hours)
  await year.fill(yearBars)
  // Compilers and caches of the server.
  await paint(browser, ours, year.watched())
  const paints = await rounds(all, subject => paint(browser, subject, year.watched()))
  const updates = (subjects: readonly Subject[], span: Zoom) =>
    rounds(subjects, subject => update(browser, subject, year, { zoom: span, seconds: options.seconds }))
  const weeks = await updates([ours], 'week')
  const years = await updates(all, 'all')

  const to = (Date.UTC(2020, 11, 1) + longBars * minuteMs) as Ms
  const long = new Feed(url, 'bench:MINUTES-USD', minuteMs, syntheticYear({ intervalMs: minuteMs, to }).series.bars)
  await long.fill(longBars)
  const zooms = await rounds(all, subject => zoom(browser, subject, long.watched()))

  const lines = linesOf({ paints, weeks, years, zooms }, dist)
  console.log(table(lines, [plotly.name, lightweight.name]))
  console.log(
    'Medians, the worst in brackets; a ratio below 1 where Candlewatch takes less. The peers draw candles alone, ' +
      'Candlewatch also draws forecasts, volume, p-values and episodes.',
  )
  year.close()
  long.close()
}

const oursAt = (url: string): Subject => ({ name: 'Candlewatch', url: `${url}/` })

/** Runs the subjects in turns, so that other load on the machine affects all of them. Returns a list of rounds for each subject. */
async function rounds<T>(subjects: readonly Subject[], run: (subject: Subject) => Promise<T>): Promise<T[][]> {
  const found: T[][] = subjects.map(() => [])
  for (let round = 0; round < options.rounds; round++) {
    for (const [at, subject] of subjects.entries()) nth(found, at).push(await run(subject))
  }
  return found
}

async function soak({ browser, url }: Stage): Promise<void> {
  const { bars } = syntheticYear({ seed: 2, to: Date.UTC(2025, 0, 1) as Ms }).series
  const feed = new Feed(url, 'bench:SOAK-USD', hourMs, bars)
  // More than the page keeps: what it holds has no reason to grow.
  await feed.fill(mostBars + 500)
  const { rows, first, last, most, perMinute } = await heap(browser, oursAt(url), feed, options.soak)
  feed.close()
  console.log(
    `Soak: ${rows} rows in ${options.soak} minutes; after the first quarter ${first.toFixed(1)} MB, at the end ${last.toFixed(1)} MB, ` +
      `at most ${most.toFixed(1)} MB; ${perMinute.toFixed(3)} MB a minute.`,
  )
}

await onStage(run)
