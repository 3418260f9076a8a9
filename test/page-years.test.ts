import type { ServerProcess } from '@candlewatch/adapters/processes/server-process'
import { chromiumFlags, findChromium } from '@candlewatch/bench/chromium'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { isoDate } from '@candlewatch/core/interval'
import type { Ms } from '@candlewatch/core/types'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newTab } from './page.ts'
import { makePlace } from './replay.ts'
import { startTestServer } from './server.ts'

const minuteMs = 60_000 as Ms
/** More than the page keeps in memory, by a day and more. */
const count = 14_000

describe('the chart of more bars than the page keeps', () => {
  let place: Awaited<ReturnType<typeof makePlace>>
  let server: ServerProcess
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    place = await makePlace()
    server = await startTestServer(place.folder)
    const to = Date.UTC(2022, 0, 1) as Ms
    const { series } = syntheticYear({ seed: 4, intervalMs: minuteMs, from: (to - count * minuteMs) as Ms, to })
    const rows = series.bars.map(({ market, ts, open, high, low, close, volume }) => {
      return { market, interval: '1m', date: isoDate(ts - minuteMs), open, high, low, close, volume }
    })
    for (let from = 0; from < rows.length; from += 2_000) {
      const body = JSON.stringify(rows.slice(from, from + 2_000))
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`${server.url}/predict_anomaly`, { method: 'POST', headers, body })
      expect(response.status).toBe(200)
      await response.arrayBuffer()
    }
    browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags })
    page = await newTab(browser, complaints)
    await page.goto(server.url)
    await page.waitForFunction(() => Number(document.querySelector('.chart')?.getAttribute('data-bars')) >= 12_000)
  }, 300_000)

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await place?.remove()
  })

  /** How many candles, and how many columns of p-values, there are. */
  const drawn = () =>
    page.evaluate(() => {
      const count = (selector: string, mark: string) =>
        [...document.querySelectorAll(selector)].reduce(
          (sum, path) => sum + (path.getAttribute('d') ?? '').split(mark).length - 1,
          0,
        )
      return { candles: count('[data-name$=candles]', 'h1V'), columns: count('[data-name=p]', 'M') }
    })

  it('is drawn completely in a few hundred candles', async () => {
    await page.keyboard.press('4')
    await expect.poll(async () => (await drawn()).candles, { timeout: 20_000 }).toBeGreaterThan(200)
    expect((await drawn()).candles).toBeLessThan(900)
  }, 60_000)

  it('shows the oldest day, which is not in memory, with its bars, p-values and verdicts', async () => {
    for (let press = 0; press < 6; press++) await page.keyboard.press('=')
    await page.getByTestId('chart').focus()
    for (let press = 0; press < 160; press++) await page.keyboard.press('[')
    // Some 220 minutes are visible, and as many drawn on both sides of them as there are.
    await expect.poll(async () => (await drawn()).columns, { timeout: 20_000 }).toBeGreaterThan(200)
    expect((await drawn()).candles).toBeGreaterThan(200)
    await page.keyboard.press('ArrowLeft')
    const card = page.getByTestId('inspect')
    await card.filter({ hasText: /22 Dec 2021|23 Dec 2021/ }).waitFor()
    expect(await card.textContent()).toMatch(/expected/)
    await page.keyboard.press('Enter')
    await page.getByTestId('bar-panel').waitFor()
    await page.keyboard.press('Escape')
  }, 60_000)

  it('returns to now by one key, and never requests more than a few thousand rows', async () => {
    await page.keyboard.press('End')
    await page.getByTestId('back-to-now').waitFor({ state: 'detached' })
    const rows = await page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => {
        const query = new URL(name).searchParams
        return /api.(bars|verdicts)/.test(name) ? Number(query.get('points') ?? query.get('limit')) : 0
      }),
    )
    expect(Math.max(...rows)).toBeGreaterThan(0)
    expect(Math.max(...rows)).toBeLessThanOrEqual(4_001)
    expect(complaints).toEqual([])
  }, 60_000)
})
