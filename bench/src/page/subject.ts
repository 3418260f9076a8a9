import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type Seen, watchChart } from './watch.ts'

/** One of the pages that draw the same bars. */
export interface Subject {
  readonly name: 'Candlewatch' | 'Plotly' | 'lightweight-charts'
  readonly url: string
}

/** A market as the addresses name it, with the bars that it has. */
export interface Watched {
  readonly market: string
  readonly interval: string
  readonly bars: number
  readonly fromMs: number
  readonly toMs: number
}

/** The use of the page's main thread since it began. */
export interface Work {
  readonly atSeconds: number
  /** Time in tasks. */
  readonly busySeconds: number
  /** Time on a processor. */
  readonly computingSeconds: number
}

/** A page that is open in a browser. */
export interface Opened {
  readonly page: Page
  seen(): Promise<Seen>
  work(): Promise<Work>
  /** Memory that is reachable after garbage collection. */
  heapMegabytes(): Promise<number>
}

/** The number of bars that the page keeps of a market. */
export const mostBars = 12_000
const patienceMs = 60_000

/** Opens a page in a new browser context, in which nothing is cached. */
export function freshCaches(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({ viewport: { width: 1440, height: 900 } })
}

/** Resolves when the first candles are drawn and all bars of the market are loaded, or as many as the page keeps. */
export async function open(context: BrowserContext, { url }: Subject, watched: Watched): Promise<Opened> {
  const page = await context.newPage()
  page.setDefaultTimeout(patienceMs)
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(error.message))
  await page.addInitScript(watchChart, Math.min(watched.bars, mostBars))
  const cdp = await context.newCDPSession(page)
  await cdp.send('Performance.enable')
  await page.goto(`${url}?${new URLSearchParams({ market: watched.market, interval: watched.interval })}`)
  try {
    await page.waitForFunction(() => window.seen.firstMs !== null && window.seen.allMs !== null)
  } catch (cause) {
    const seen = JSON.stringify(await page.evaluate(() => window.seen))
    throw new Error(`${url} drew no chart of ${watched.market}: ${seen} ${complaints.join(' ')}`, { cause })
  }
  const metrics = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics')
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
  }
  return {
    page,
    seen: () => page.evaluate(() => window.seen),
    async work() {
      const { Timestamp, TaskDuration, ThreadTime } = await metrics()
      return { atSeconds: Timestamp!, busySeconds: TaskDuration!, computingSeconds: ThreadTime! }
    },
    async heapMegabytes() {
      await cdp.send('HeapProfiler.collectGarbage')
      return (await metrics()).JSHeapUsedSize! / 2 ** 20
    },
  }
}

/** The range that the chart should show: a week (key 2), all bars (key 4), or anything less than all. */
export type Zoom = 'week' | 'all'

/** Time from a key or a turn of the wheel to the first changed frame, and to the last one. */
export interface Answer {
  readonly firstMs: number
  readonly lastMs: number
}

const dayMs = 86_400_000
const quietMs = 400

/** The result of a key. */
export async function press(opened: Opened, zoom: Zoom, watched: Watched): Promise<Answer> {
  await opened.page.keyboard.press(zoom === 'week' ? '2' : '4')
  return settled(opened, zoom, watched)
}

/** Resolves when the chart shows the span, with bars from edge to edge, and no longer changes. */
export async function settled({ page, seen }: Opened, zoom: Zoom | 'part', watched: Watched): Promise<Answer> {
  const allDays = (watched.toMs - watched.fromMs) / dayMs
  const days = { week: [6.5, 7.5], all: [allDays * 0.95, allDays * 1.25], part: [0, allDays * 0.94] }[zoom]
  const wait = page.waitForFunction(
    ({ days: [least, most], quietMs, dayMs }) => {
      if (performance.now() - window.seen.changedMs < quietMs) return false
      const { range, drawn } = window.shown!()
      const shownDays = (range[1] - range[0]) / dayMs
      const edgeMs = (range[1] - range[0]) / 20
      const isFull = drawn[0] < range[0] + edgeMs && drawn[1] > range[1] - edgeMs
      return isFull && shownDays >= least! && shownDays <= most!
    },
    { days, quietMs, dayMs },
    { polling: 50 },
  )
  await wait.catch(async cause => {
    const found = JSON.stringify(await page.evaluate(() => ({ ...window.shown!(), ...window.seen })))
    throw new Error(`${page.url()} did not come to show ${zoom} of ${watched.bars} bars: ${found}`, { cause })
  })
  const { answeredMs, paintedMs, inputMs } = await seen()
  return { firstMs: answeredMs! - inputMs, lastMs: paintedMs - inputMs }
}
