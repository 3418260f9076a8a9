import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromiumFlags, findChromium } from '@candlewatch/bench/chromium'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { hourMs } from '@candlewatch/core/time'
import type { Bar, Market } from '@candlewatch/core/types'
import { type Browser, chromium, type Page } from 'playwright-core'
import { makeLine } from './line.ts'
import { makePlace, startReplay, writeCsv } from './replay.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const market: Market = 'bitstamp:BTC-USD'
const warmUpBars = 200
const crashAt = warmUpBars + 30

/** An ordinary market in which one hour falls by a fifth. */
function rowsWithCrash(): Bar[] {
  return syntheticYear({ seed: 3 })
    .series.bars.slice(0, 900)
    .map((bar, i) => ({ ...bar, market, ...(i === crashAt ? { low: bar.low * 0.8, close: bar.low * 0.85 } : {}) }))
}

/** The page in a browser, 1440 pixels wide, while such rows come in. */
export async function openPage(every = '150ms') {
  const executablePath = findChromium()
  const place = await makePlace()
  const file = join(place.folder, 'rows.csv')
  const bars = rowsWithCrash()
  await writeCsv(file, bars, syntheticYear({ seed: 3 }).series.intervalMs)
  const from = new Date((bars[warmUpBars] as Bar).ts - hourMs).toISOString()
  const replay = startReplay(place.folder, ['--csv', file, '--market', market, '--from', from, '--every', every])
  const browser = await chromium.launch({ executablePath, args: chromiumFlags })
  const complaints: string[] = []
  const address = await replay.page
  const line = await makeLine(address)
  const another = async () => {
    const page = await newTab(browser, complaints)
    await page.goto(line.address)
    return page
  }

  const page = await another()
  const crashMs = (bars[crashAt] as Bar).ts - hourMs

  return {
    page,
    another,
    /** When the hour that falls by a fifth opens. */
    crashMs,
    address,
    complaints,
    line,
    barsShown: async () => Number(await page.getByTestId('chart').getAttribute('data-bars')),
    waitForBars: (count: number) =>
      page.waitForFunction(
        least => Number(document.querySelector('[data-testid=chart]')?.getAttribute('data-bars')) >= least,
        count,
      ),
    /** The hour that fell by a fifth, in the list of episodes of a tab. */
    crash: (tab = page) => tab.locator(`[data-testid=anomaly-item][data-peak="${new Date(crashMs).toISOString()}"]`),
    async close() {
      await browser.close()
      line.close()
      await replay.interrupt()
      await place.remove()
    },
  }
}

/** 1440 pixels wide; what it complains of is added to `complaints`. */
export async function newTab(browser: Browser, complaints: string[]): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(30_000)
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))
  return page
}

/** Reads a value until two readings in a row, a moment apart, are equal. */
export async function settled<T>(read: () => Promise<T>, page: Page): Promise<T> {
  for (let before = await read(); ; ) {
    await page.waitForTimeout(300)
    const now = await read()
    if (JSON.stringify(now) === JSON.stringify(before)) return now
    before = now
  }
}

/** Returns the violations that axe finds, in light and dark. */
export async function violations(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // Evaluated, not added as a script: the page's own policy allows none but its own.
    await page.evaluate(axeSource)
    found.push(
      ...(await page.evaluate(async () => {
        interface Found {
          readonly violations: readonly { id: string; help: string; nodes: { html: string }[] }[]
        }
        const { axe } = window as unknown as { axe: { run(options: object): Promise<Found> } }
        // This rule belongs to WCAG 2.2 AA and is off by default.
        const options = { rules: { 'target-size': { enabled: true } } }
        return (await axe.run(options)).violations.map(({ id, help, nodes }) => `${id}: ${help} ${nodes[0]?.html}`)
      })),
    )
  }
  return found
}
