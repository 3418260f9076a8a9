import { readFileSync } from 'node:fs'
import type { ServerProcess } from '@candlewatch/adapters/processes/server-process'
import { chromiumFlags, findChromium } from '@candlewatch/bench/chromium'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newTab, violations } from './page.ts'
import { makePlace } from './replay.ts'
import { startTestServer } from './server.ts'

const { series } = syntheticYear({ seed: 5 })
// Two hours and a day are missing, so that there are gaps.
const bars = series.bars.slice(0, 600).filter((_, i) => !(i === 100 || i === 101 || (i >= 300 && i < 324)))
const lines = bars.map(bar =>
  [new Date(bar.ts - series.intervalMs).toISOString(), bar.open, bar.high, bar.low, bar.close, bar.volume].join(','),
)
const header = 'date,open,high,low,close,volume'
const good = [header, ...lines, ''].join('\n')
const broken = [header, ...lines.slice(0, 3), 'not a row', ...lines.slice(3, 6), lines[6]!.replace(/,[^,]+$/, ',lots')]

let place: Awaited<ReturnType<typeof makePlace>>
let server: ServerProcess
let browser: Browser
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  place = await makePlace()
  server = await startTestServer(place.folder)
  browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags })
  page = await newTab(browser, complaints)
  await page.goto(`${server.url}/data`)
}, 300_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await place?.remove()
})

/** As a reader drops files from their desk. */
async function drop(...files: readonly Dropped[]): Promise<void> {
  await dropOn(page.getByTestId('import'), files)
}

interface Dropped {
  readonly name: string
  readonly text: string
}

async function dropOn(place: Locator, files: readonly Dropped[]): Promise<void> {
  const transfer = await page.evaluateHandle(given => {
    const data = new DataTransfer()
    for (const { name, text } of given) data.items.add(new File([text], name, { type: 'text/csv' }))
    return data
  }, files)
  for (const event of ['dragenter', 'dragover', 'drop']) await place.dispatchEvent(event, { dataTransfer: transfer })
}

it('without any history the room says what to do', async () => {
  await page.getByTestId('no-streams').waitFor()
  await page.getByTestId('drop-zone').waitFor()
  expect(await violations(page)).toEqual([])
}, 60_000)

it('a broken file is refused with each fault by its line', async () => {
  await drop({ name: 'broken.csv', text: broken.join('\n') })
  const rows = page.getByTestId('faults').locator('tbody tr')
  await rows.first().waitFor()
  expect(await rows.allInnerTexts()).toEqual([
    expect.stringMatching(/^5\t.+\t6 columns\t1$/),
    '9\tvolume\ta number that is not negative\t"lots"',
  ])
  await page.locator('[data-testid=refused][data-file="broken.csv"][data-faults="2"]').waitFor()
  expect(await violations(page)).toEqual([])
  await page.getByTestId('leave-file').click()
}, 60_000)

it('an empty file and a picture are refused', async () => {
  await drop({ name: 'empty.csv', text: '' }, { name: 'cat.png', text: '\u0089PNG\r\n\u001a\n\0\0\0\rIHDR' })
  await page.locator('[data-testid=refused][data-file="empty.csv"]').waitFor()
  await page.getByTestId('leave-file').click()
  await page.locator('[data-testid=refused][data-file="cat.png"][data-code^=ERR_CSV]').waitFor()
  await page.getByTestId('leave-file').click()
}, 60_000)

it('a file that is dropped in another room opens the data room', async () => {
  await page.keyboard.press('m')
  await page.locator('[data-room=models]').waitFor()
  await dropOn(page.locator('[data-room=models]'), [{ name: 'empty.csv', text: '' }])
  await page.locator('[data-testid=refused][data-file="empty.csv"]').waitFor()
  expect(new URL(page.url()).pathname).toBe('/data')
  await page.getByTestId('leave-file').click()
}, 60_000)

it('a good file is checked, its market can be corrected, and its rows are imported', async () => {
  await drop({ name: 'ETH.csv', text: good })
  await page.locator('[data-testid=checked][data-new-rows="574"][data-missing="26"][data-gaps="2"]').waitFor()
  expect(await violations(page)).toEqual([])
  await page.getByTestId('file-market').fill('kraken:ETH-EUR')
  await page.getByTestId('check-again').click()
  await page.locator('[data-testid=start-import]:enabled').click()
  await page.locator('[data-testid=ended][data-state=done][data-judged="574"]').waitFor()
  const card = page.locator('[data-testid=stream][data-market="kraken:ETH-EUR"]')
  await card.and(page.locator('[data-bars="574"][data-missing="26"]')).waitFor()
  expect(await card.getByTestId('gaps').locator('tbody tr').count()).toBe(2)
  expect(await violations(page)).toEqual([])
}, 90_000)

it('the coverage bar is read by the keyboard', async () => {
  const bar = page.getByTestId('coverage-bar')
  await bar.focus()
  await page.keyboard.press('End')
  expect(await bar.getAttribute('aria-valuetext')).toMatch(/UTC: \d+ of \d+ bars?/)
  await page.keyboard.press('Home')
  expect(await bar.getAttribute('aria-valuenow')).toBe('0')
}, 30_000)

it('a downloaded range contains the rows that came in', async () => {
  const first = new Date(bars[0]!.ts - series.intervalMs).toISOString().slice(0, 10)
  await page.getByTestId('first-day').fill(first)
  await page.getByTestId('last-day').fill(first)
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('download').click()])
  expect(download.suggestedFilename()).toMatch(/^kraken_ETH-EUR-1h-from-.*\.csv$/)
  const [head, ...rows] = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\n')
  expect(head).toBe(`market,${header}`)
  const numbers = (line: string) => line.split(',').slice(-5).map(Number)
  const wanted = lines.filter(line => line.startsWith(first))
  expect(rows.map(numbers)).toEqual(wanted.map(numbers))
  expect(wanted.length).toBeGreaterThan(10)
}, 30_000)

it('nothing is wider than a phone', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await page.setViewportSize({ width: 1440, height: 900 })
}, 30_000)

it('the result leads to the chart of the new market', async () => {
  await page.getByTestId('ended').getByRole('link').click()
  await page.waitForFunction(
    () => Number(document.querySelector('[data-testid=chart]')?.getAttribute('data-bars')) >= 574,
  )
  expect(new URL(page.url()).pathname).toBe('/')
  await page.getByTestId('market').getByText('kraken:ETH-EUR').waitFor()
}, 60_000)

it('the list of markets names the one that is shown, also when its budget changes', async () => {
  const headers = { 'content-type': 'text/csv' }
  await fetch(`${server.url}/api/imports?market=binance:ETH-USDT`, { method: 'POST', headers, body: good })
  await page.waitForFunction(async () => {
    const { imports } = await (await fetch('/api/imports')).json()
    return imports[0].market === 'binance:ETH-USDT' && imports[0].state === 'done'
  })
  await page.goto(`${server.url}/?market=kraken:ETH-EUR`)
  await page.getByTestId('alarms-per-week').waitFor()
  const budget = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"alarmsPerWeek":2}' }
  await fetch(`${server.url}/api/budget`, budget)
  await page.locator('[data-testid=alarms-per-week][data-budget="2"]').waitFor()
  // The list may arrive after the budget.
  expect(await page.locator('select[data-testid=market]').inputValue()).toBe('kraken:ETH-EUR · 1h')
}, 60_000)

it('the console shows no errors', () => {
  // The browser itself writes down that a file was refused.
  expect(complaints.filter(text => !text.includes('status of 422'))).toEqual([])
})
