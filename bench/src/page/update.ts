import type { Browser } from 'playwright-core'
import type { Feed } from './feed.ts'
import { longestFrameMs, startFrames } from './frames.ts'
import { freshCaches, type Opened, open, press, type Subject, type Work, type Zoom } from './subject.ts'

/** How busy updates keep a page. */
export interface Update {
  /** The share of time that tasks on the main thread took. */
  readonly busyPercent: number
  /** The share of time in which they had a processor; less if other programs use the machine. */
  readonly computingPercent: number
  readonly longestFrameMs: number
  readonly heapMegabytes: number
}

/** The rate of rows in the update benchmark. */
export const rowsPerSecond = 10
const hourMs = 3_600_000

/** Measures how busy ten rows per second keep a page. Throws unless the rows arrive on its chart. */
export async function update(
  browser: Browser,
  subject: Subject,
  feed: Feed,
  { zoom, seconds }: { readonly zoom: Zoom; readonly seconds: number },
): Promise<Update> {
  const context = await freshCaches(browser)
  try {
    const opened = await open(context, subject, feed.watched())
    const { page } = opened
    await press(opened, zoom, feed.watched())
    await page.evaluate(() => window.unwatch())
    const before = await newest(opened)
    await startFrames(page)
    const from = await opened.work()
    const rows = await feed.play(rowsPerSecond, seconds)
    const to = await opened.work()
    const percent = (of: (work: Work) => number) => ((of(to) - of(from)) / (to.atSeconds - from.atSeconds)) * 100
    const longest = await longestFrameMs(page)
    const came = ((await newest(opened)) - before) / hourMs
    // Two seconds' worth may be under way.
    if (came < rows - 2 * rowsPerSecond)
      throw new Error(`${subject.name}: ${rows} rows were sent, ${came} came to the chart.`)
    return {
      busyPercent: percent(work => work.busySeconds),
      computingPercent: percent(work => work.computingSeconds),
      longestFrameMs: longest,
      heapMegabytes: await opened.heapMegabytes(),
    }
  } finally {
    await context.close()
  }
}

const newest = ({ page }: Opened) => page.evaluate(() => window.shown!().range[1])
