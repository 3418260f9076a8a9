import { afterAll, beforeAll, expect, it } from 'vitest'
import { openPage, violations } from './page.ts'

let opened: Awaited<ReturnType<typeof openPage>>

beforeAll(async () => {
  // Fast: what the figures need is a past.
  opened = await openPage('5ms')
  await opened.crash().waitFor({ timeout: 60_000 })
  await opened.waitForBars(850)
}, 300_000)

afterAll(() => opened?.close())

it('a tile of the watch room leads to its card in the overview', async () => {
  const { page } = opened
  expect((await page.getByTestId('alarms-per-week').boundingBox())?.height).toBeLessThanOrEqual(64)
  await page.getByTestId('coverage').click()
  await page.getByTestId('coverage-by-month').waitFor()
  expect(page.url()).toMatch(/\/overview#coverage$/)
  await page.waitForFunction(() => document.getElementById('coverage')!.getBoundingClientRect().top < innerHeight)
}, 60_000)

it('every card has its figure, counts agree with the API, and each chart has its numbers as a table', async () => {
  const { page, address } = opened
  await page.goto(`${opened.line.address}/overview`)
  const { episodes } = (await (await fetch(`${address}/api/episodes`)).json()) as { episodes: { type: string }[] }
  await page.locator(`[data-testid=weeks][data-episodes="${episodes.length}"]`).waitFor()
  const falls = episodes.filter(({ type }) => type === 'fall').length
  expect(await page.getByTestId('share-fall').getAttribute('data-count')).toBe(`${falls}`)
  for (const card of ['coverage-by-month', 'skill-over-time']) await page.getByTestId(card).waitFor()
  for (const summary of await page.locator('.as-table summary').all()) await summary.click()
  const tables = page.locator('.as-table table')
  await tables.nth(4).waitFor()
  expect(await tables.count()).toBe(5)
  for (const table of await tables.all()) expect(await table.locator('tbody tr').count()).toBeGreaterThan(0)
  await page.getByTestId('feed-health').locator('time').first().waitFor()
  expect(Number(await page.getByTestId('skill-over-time').getAttribute('data-bars'))).toBeGreaterThan(0)
  expect(await violations(page)).toEqual([])
}, 60_000)

it('a chart is read by the arrow keys', async () => {
  const { page } = opened
  const weeks = page.getByTestId('weeks')
  await weeks.focus()
  await page.keyboard.press('Home')
  const first = await weeks.getAttribute('aria-valuetext')
  expect(first).toMatch(/\d/)
  await page.keyboard.press('ArrowRight')
  expect(await weeks.getAttribute('aria-valuetext')).not.toBe(first)
  expect(await weeks.locator('[data-testid=plot-text]').textContent()).toBe(await weeks.getAttribute('aria-valuetext'))
}, 60_000)

it('a line of a distribution opens the list with only those rows', async () => {
  const { page } = opened
  await page.getByTestId('share-fall').click()
  await opened.crash().waitFor()
  const types = await page
    .getByTestId('anomaly-item')
    .evaluateAll(rows => rows.map(row => (row as HTMLElement).dataset.type))
  expect(new Set(types)).toEqual(new Set(['fall']))
  expect(new URL(page.url()).search).toBe('?type=fall')
}, 60_000)

it('the overview works without a verdict, and with a single one', async () => {
  const { page, line } = opened
  const cut = async (count: number) => {
    await page.route(/\/api\/(verdicts|episodes|faults|stream)\?/, async route => {
      if (route.request().url().includes('/api/stream')) return route.abort()
      const json = await (await route.fetch()).json()
      json.episodes &&= []
      json.faults &&= []
      json.verdicts &&= json.verdicts.slice(0, count)
      await route.fulfill({ json: { ...json, nextCursor: null } })
    })
    await page.goto(`${line.address}/overview`)
    await page.locator('[data-room=overview]').waitFor()
  }
  await cut(0)
  await page.locator('#alarms').waitFor()
  expect(await page.getByTestId('weeks').count()).toBe(0)
  expect(await violations(page)).toEqual([])
  await page.unrouteAll({ behavior: 'wait' })
  await cut(1)
  await page.getByTestId('weeks').waitFor()
  await page.locator('[data-testid=hours][data-episodes="0"]').waitFor()
  expect(await violations(page)).toEqual([])
  await page.unrouteAll({ behavior: 'wait' })
}, 90_000)

it('the console shows no errors except for the stream that was cut', () => {
  expect(opened.complaints.filter(text => !/ERR_FAILED/.test(text))).toEqual([])
})
