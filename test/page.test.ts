import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import type { Bar, Market } from '@candlewatch/core/types'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumFlags, findChromium } from './chromium.ts'
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

describe('the page, in a browser, while rows come in', () => {
  let place: Awaited<ReturnType<typeof makePlace>>
  let replay: ReturnType<typeof startReplay>
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    const executablePath = findChromium()
    place = await makePlace()
    const file = join(place.folder, 'rows.csv')
    const bars = rowsWithCrash()
    await writeCsv(file, bars, syntheticYear({ seed: 3 }).series.intervalMs)
    const from = new Date((bars[warmUpBars] as Bar).ts - 3_600_000).toISOString()
    replay = startReplay(place.folder, ['--csv', file, '--market', market, '--from', from, '--every', '150ms'])
    browser = await chromium.launch({ executablePath, args: chromiumFlags })
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', error => complaints.push(error.message))
    await page.goto(await replay.page)
  }, 300_000)

  afterAll(async () => {
    await browser?.close()
    await replay?.interrupt()
    await place?.remove()
  })

  const barsShown = async () => Number(await page.getByTestId('chart').getAttribute('data-bars'))
  const waitForBars = (count: number) =>
    page.waitForFunction(
      least => Number(document.querySelector('[data-testid=chart]')?.getAttribute('data-bars')) >= least,
      count,
      { timeout: 30_000 },
    )

  it('the chart is drawn and grows without a reload', async () => {
    await waitForBars(1)
    await page.waitForSelector('[data-testid=chart] .main-svg', { timeout: 30_000 })
    const before = await barsShown()
    await waitForBars(before + 5)
  }, 60_000)

  it('the hour that fell by a fifth appears among the anomalies, with its sentence', async () => {
    const item = page.getByTestId('anomaly-item').filter({ hasText: 'Fell to' })
    await item.first().waitFor({ timeout: 60_000 })
    expect(await item.first().textContent()).toMatch(/below the [\d,.]+ expected/)
  }, 90_000)

  it('pause holds the replay for this page and play goes on', async () => {
    await page.getByTestId('play-pause').click()
    await page.waitForFunction(() => /play/i.test(document.querySelector('[data-testid=play-pause]')?.ariaLabel ?? ''))
    // What was under way arrives; then nothing more does.
    await page.waitForTimeout(600)
    const held = await barsShown()
    await page.waitForTimeout(900)
    expect(await barsShown()).toBe(held)
    await page.getByTestId('play-pause').click()
    await waitForBars(held + 3)
  }, 60_000)

  it('says where the rows come from and that it is live', async () => {
    expect(await page.getByTestId('source-banner').textContent()).toContain('rows.csv')
    expect(await page.getByTestId('connection').textContent()).toMatch(/live/i)
  })

  it('breaks no rule of accessibility that axe knows, in light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      // Evaluated, not added as a script: the page's own policy allows none but its own.
      await page.evaluate(axeSource)
      const violations = await page.evaluate(async () => {
        const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string; help: string }[] }> } }
        return (await axe.run()).violations.map(violation => `${violation.id}: ${violation.help}`)
      })
      expect(violations).toEqual([])
    }
  }, 60_000)

  it('is usable on a phone: nothing wider than 390 pixels', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  })

  it('the console stayed silent', () => {
    expect(complaints).toEqual([])
  })
})
