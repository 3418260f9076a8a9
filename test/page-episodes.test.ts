import { afterAll, beforeAll, expect, it } from 'vitest'
import { openPage, violations } from './page.ts'

let opened: Awaited<ReturnType<typeof openPage>>

beforeAll(async () => {
  // Fast: what these flows need is a past.
  opened = await openPage('5ms')
  await opened.crash().waitFor({ timeout: 60_000 })
}, 300_000)

afterAll(() => opened?.close())

it('an episode opens its panel with the forecast and the detectors that alarmed, and has an address', async () => {
  const { page, crash } = opened
  await crash().click()
  const panel = page.getByTestId('bar-panel')
  await panel.getByTestId('gauges').waitFor()
  expect(Number(await panel.getByTestId('bar-facts').getAttribute('data-seen-by'))).toBeGreaterThan(0)
  expect(await panel.getByTestId('detector').count()).toBeGreaterThan(5)
  expect(page.url()).toMatch(/episode=\d{4}-/)
  expect(await violations(page)).toEqual([])
}, 60_000)

it('a mark is stored, is kept, and is shown by a link to the episode', async () => {
  const { page, address } = opened
  await page.getByTestId('mark-right').click()
  await page.locator('[data-testid=mark-right][aria-pressed=true]').waitFor()
  const { labels } = (await (await fetch(`${address}/api/labels`)).json()) as { labels: { mark: string }[] }
  expect(labels.map(({ mark }) => mark)).toEqual(['right'])
  await page.reload()
  await page.locator('[data-testid=mark-right][aria-pressed=true]').waitFor()
  await page.keyboard.press('Escape')
  await page.getByTestId('anomaly-list').waitFor()
  expect(page.url()).not.toContain('episode=')
}, 60_000)

it('any bar can be opened by the keyboard, and one without an alarm can be marked missed', async () => {
  const { page } = opened
  await page.getByTestId('chart').focus()
  for (let back = 0; back < 4; back++) await page.keyboard.press('ArrowLeft')
  await page.getByTestId('inspect').waitFor()
  await page.keyboard.press('Enter')
  await page.getByTestId('mark-missed').click()
  await page.locator('[data-testid=mark-missed][aria-pressed=true]').waitFor()
  await page.keyboard.press('Escape')
}, 60_000)

const rows = async () => Number(await opened.page.getByTestId('log-count').getAttribute('data-rows'))

it('the log is filtered and saved as a table', async () => {
  const { page } = opened
  const all = await rows()
  await page.getByTestId('filter-fault').click()
  expect(await rows()).toBeLessThan(all)
  await page.getByTestId('filter-fault').click()
  const saved = page.waitForEvent('download')
  await page.getByTestId('save-csv').click()
  expect((await saved).suggestedFilename()).toBe('episodes-bitstamp-BTC-USD-1h.csv')
}, 60_000)

it('a filtered log has an address that restores it, and one button clears the filter', async () => {
  const { page } = opened
  const all = await rows()
  expect(await opened.crash().getAttribute('data-type')).toBe('fall')
  await page.getByTestId('filter-type').selectOption('bad-tick')
  expect(await rows()).toBe(0)
  await page.getByTestId('filter-type').selectOption('fall')
  await page.getByTestId('sort-size').click()
  await page.waitForURL(/type=fall&sort=size/)
  expect(await rows()).toBeGreaterThan(0)
  await page.reload()
  await opened.crash().waitFor()
  expect(await page.getByTestId('anomaly-item').first().getAttribute('data-type')).toBe('fall')
  // The hour that fell by a fifth.
  expect(Number(await page.getByTestId('anomaly-item').first().getAttribute('data-size'))).toBeLessThan(-0.1)
  await page.getByTestId('show-all').click()
  expect(await rows()).toBeGreaterThanOrEqual(all)
  await page.getByTestId('sort-start').click()
  expect(new URL(page.url()).search).toBe('')
}, 60_000)

it('the bars around the open one are drawn, and each detector shows its rank and its history', async () => {
  const { page, crash } = opened
  await crash().click()
  await page.locator('[data-testid=bars-around] svg').waitFor()
  expect(Number(await page.getByTestId('bars-around').getAttribute('data-bars'))).toBe(49)
  const pValues = await page
    .getByTestId('detector')
    .evaluateAll(all => all.map(one => Number((one as HTMLElement).dataset.pValue)))
  expect(Math.min(...pValues)).toBeLessThan(0.01)
  expect(await page.locator('[data-testid=detector] svg circle').count()).toBeGreaterThan(1)
  await page.keyboard.press('Escape')
}, 60_000)

it('an episode older than memory opens by its link, with its verdict and the bars around it', async () => {
  const { page, address, line } = opened
  const { episodes } = (await (await fetch(`${address}/api/episodes`)).json()) as { episodes: { start: string }[] }
  // As if memory held a hundred bars: what the page asks for as it loads is cut short.
  await page.route(/\/api\/(bars|verdicts)\?.*limit=[12]000/, async route => {
    const answer = await (await route.fetch()).json()
    const few = (rows: unknown[]) => (route.request().url().includes('limit=1000') ? rows.slice(-100) : [])
    for (const name of ['bars', 'verdicts']) if (answer[name]) answer[name] = few(answer[name])
    await route.fulfill({ json: { ...answer, nextCursor: null } })
  })
  await page.goto(`${line.address}/?episode=${episodes[0]!.start}`)
  const panel = page.getByTestId('bar-panel')
  await panel.getByTestId('gauges').waitFor()
  expect(await opened.barsShown()).toBeLessThan(700)
  expect(await page.getByTestId('bars-around').getAttribute('data-bars')).toBe('49')
  expect(await panel.getByTestId('detector').count()).toBeGreaterThan(5)
  await page.unrouteAll({ behavior: 'wait' })
  await page.keyboard.press('Escape')
}, 60_000)

it('five thousand rows are sorted, filtered and paged, with no more of them in the page than fit the screen', async () => {
  const { page, address } = opened
  const { episodes } = (await (await fetch(`${address}/api/episodes`)).json()) as { episodes: { id: string }[] }
  const many = Array.from({ length: 5_000 }, (_, n) => {
    const [start, recovered] = [n * 10, n * 10 + 7].map(hour => new Date(Date.UTC(2016, 0, 1, hour)).toISOString())
    const type = n % 5 === 0 ? 'rise' : 'fall'
    return { ...episodes[0], id: `${n}`, start, peak: start, end: start, recovered, type, size: (n * 7919) % 5_000 }
  })
  await page.route('**/api/episodes?*', route => route.fulfill({ json: { episodes: many, nextCursor: null } }))
  await page.route('**/api/faults?*', route => route.fulfill({ json: { faults: [], nextCursor: null } }))
  await page.goto(opened.line.address)
  await page.locator('[data-testid=log-count][data-rows="5000"]').waitFor()
  const list = page.getByTestId('anomaly-item')
  expect(await list.count()).toBe(50)
  await page.getByTestId('sort-size').click()
  expect(await list.first().getAttribute('data-size')).toBe('4999')
  await page.getByTestId('filter-type').selectOption('rise')
  expect(await rows()).toBe(1_000)
  await page.getByTestId('next-page').click()
  await page.locator('[data-testid=log-count][data-rows="1000"][data-from="51"]').waitFor()
  await page.unroute('**/api/episodes?*')
  await page.unroute('**/api/faults?*')
  await page.goto(opened.line.address)
  await opened.crash().waitFor()
}, 60_000)

it('a budget is tried and applied by keyboard alone', async () => {
  const { page, address } = opened
  await page.keyboard.press('r')
  await page.locator('#budget:focus').waitFor()
  for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight')
  await page.locator('[data-testid=rehearsed][data-budget="3"]').waitFor()
  expect(await violations(page)).toEqual([])
  const apply = page.locator('[data-testid=apply-budget]:focus')
  do await page.keyboard.press('Tab')
  while ((await apply.count()) === 0)
  await page.keyboard.press('Enter')
  await page.locator('[data-testid=alarms-per-week][data-budget="3"]').waitFor()
  const budget = (await (await fetch(`${address}/api/budget`)).json()) as { alarmsPerWeek: number }
  expect(budget.alarmsPerWeek).toBe(3)
}, 60_000)

it('a budget that was changed elsewhere arrives', async () => {
  const { page, address } = opened
  const headers = { 'content-type': 'application/json' }
  await fetch(`${address}/api/budget`, { method: 'PUT', headers, body: '{"alarmsPerWeek":2}' })
  await page.locator('[data-testid=alarms-per-week][data-budget="2"]').waitFor()
}, 60_000)

it('the question mark lists the keys, Escape closes the list', async () => {
  const { page } = opened
  await page.keyboard.press('e')
  await page.keyboard.press('?')
  await page.getByTestId('help').waitFor()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByTestId('help').waitFor({ state: 'hidden' })
}, 60_000)

it('a stale feed is reported above everything else, with its reason', async () => {
  const { page } = opened
  const counts = {
    gap: 2,
    flat: 0,
    badTick: 1,
    unlikely: 0,
    stale: 1,
    duplicate: 0,
    impossible: 0,
    conflict: 0,
    late: 0,
  }
  const evidence = 'No bar of 2021-01-01T00:00:00Z yet.'
  const feed = { state: 'stale', evidence, lastBar: null, lastSeen: null, counts }
  await page.route('**/api/feeds?*', route => route.fulfill({ json: { feeds: [feed] } }))
  await page.reload()
  await page.getByTestId('stale-banner').getByText(evidence).waitFor()
  expect(await page.getByTestId('feed').getAttribute('data-state')).toBe('stale')
  expect(await violations(page)).toEqual([])
  await page.unroute('**/api/feeds?*')
}, 60_000)

it('times are shown in UTC or in local time, and the choice is kept', async () => {
  const { page } = opened
  await page.keyboard.press('u')
  await page.locator('[data-testid=zone][data-zone=local]').waitFor()
  await page.reload()
  await page.locator('[data-testid=zone][data-zone=local]').waitFor()
}, 60_000)

it('the console shows no errors', () => {
  expect(opened.complaints).toEqual([])
})
