import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServerProcess } from '@candlewatch/adapters/processes/server-process'
import { chromiumFlags, findChromium } from '@candlewatch/bench/chromium'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newTab, violations } from './page.ts'
import { makePlace } from './replay.ts'
import { startTestServer } from './server.ts'

const first = '2020-12-31-99de6b04'
const wait = { timeout: 60_000 }
const complaints: string[] = []
/** Of the versions, over all that happens here. */
let reads = 0
const mostReads = 40
let place: Awaited<ReturnType<typeof makePlace>>
let server: ServerProcess
let browser: Browser
let page: Page

/** Rows enough to learn from, and for a trial on their newest tenth. */
async function postRows(url: string): Promise<void> {
  const { series } = syntheticYear({ seed: 3 })
  const rows = series.bars.slice(0, 2_400).map(({ ts, open, high, low, close, volume }) => ({
    date: new Date(ts - series.intervalMs).toISOString(),
    ...{ open, high, low, close, volume },
  }))
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/predict_anomaly`, { method: 'POST', headers, body: JSON.stringify(rows) })
  expect(answer.status).toBe(200)
}

async function openTab(path: string): Promise<Page> {
  const tab = await newTab(browser, complaints)
  tab.on('request', request => {
    if (new URL(request.url()).pathname === '/api/models') reads += 1
  })
  await tab.goto(`${server.url}${path}`)
  return tab
}

beforeAll(async () => {
  place = await makePlace()
  const models = join(place.folder, 'models')
  // A folder of its own: what is trained here stays out of the repository's.
  await cp(fileURLToPath(new URL('../models', import.meta.url)), models, { recursive: true })
  // People alone promote, so that the trial's outcome, which is chance here, changes nothing.
  server = await startTestServer(place.folder, { MODELS_DIR: models, PROMOTE_RULE: 'never' })
  browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags })
  page = await openTab('/models')
}, 300_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await place?.remove()
})

const training = () => page.getByTestId('training-card')
const row = (state: string) => page.locator(`[data-testid=version][data-state=${state}]`)
const button = (name: string) => page.getByRole('button', { name, exact: true })

it('without rows: the version that there is with its figures and curves, and why no training can start', async () => {
  await row('champion').filter({ hasText: first }).waitFor()
  await page.getByTestId('metrics').getByText('49.33').waitFor()
  await page.locator('[data-testid=curve-validation][data-epochs="14"]').waitFor()
  await training().getByText('Expected at least 1000 stored bars of bitstamp:BTC-USD, 1h').waitFor()
  expect(await button('Start').isDisabled()).toBe(true)
  expect(await violations(page)).toEqual([])
}, 60_000)

it('a training is started, shows how far it is in every room, survives a reload and is cancelled', async () => {
  await postRows(server.url)
  await page.reload()
  await button('Start').click()
  await page.locator('[data-testid=training-progress]').waitFor()
  const other = await openTab('/')
  await other.getByTestId('training-banner').waitFor(wait)
  await page.reload()
  await page.waitForFunction(
    () => Number(document.querySelector('[data-testid=curve-training]')?.getAttribute('data-epochs')) > 1,
  )
  expect(await violations(page)).toEqual([])
  await training().getByRole('button', { name: 'Cancel' }).click()
  await training().getByText('It was cancelled: nothing was written.').waitFor()
  await other.getByTestId('training-banner').waitFor({ state: 'detached' })
  await other.close()
  expect(await page.getByTestId('version').count()).toBe(1)
}, 120_000)

it('a quick one runs to its end: the new version is looked at, a candidate, with what the trial says', async () => {
  await page.getByLabel('Quick').check()
  await button('Start').click()
  await page.getByTestId('training-end').getByText('It made 2021-').waitFor(wait)
  await row('candidate').waitFor()
  const card = page.getByTestId('version-card')
  await page.locator('[data-testid=version-card][data-state=candidate] [data-testid=curve-training]').waitFor()
  expect(await card.getAttribute('data-version')).toMatch(/^2021-/)
  await page.getByTestId('trial-verdict').getByText('The rule is not met:').waitFor()
  await page.getByTestId('alarms-more').waitFor()
  expect(await violations(page)).toEqual([])
  for (const width of [768, 390]) {
    await page.setViewportSize({ width, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}, 120_000)

interface Listed {
  readonly models: { trial: { at: string; moreAt: string[]; fewerAt: string[] } | null }[]
}

it('it is tried again by hand', async () => {
  const triedAt = async () => {
    const { models } = (await (await fetch(`${server.url}/api/models`)).json()) as Listed
    return models.find(({ trial }) => trial)!.trial!.at
  }
  const before = await triedAt()
  await button('Try it again').click()
  await expect.poll(triedAt, wait).not.toBe(before)
  await page.waitForFunction(() => document.querySelector('[data-testid=trial-card] button:disabled') === null)
}, 120_000)

it('alarms that differ lead to their bars in the chart', async () => {
  const tab = await openTab('/')
  // Which alarms differ is chance: these are made up, of bars that are there.
  const [more, fewer] = ['2021-03-01T00:00:00Z', '2021-03-02T05:00:00Z']
  const answer = (await (await fetch(`${server.url}/api/models`)).json()) as Listed
  for (const { trial } of answer.models) if (trial) Object.assign(trial, { moreAt: [more], fewerAt: [fewer] })
  await tab.route('**/api/models', route => route.fulfill({ json: answer }))
  await tab.getByRole('navigation', { name: 'Pages' }).getByText('Models').click()
  await tab.locator('[data-testid=version][data-state=candidate]').click()
  expect(await tab.locator('[data-testid=alarms-more] a').getAttribute('href')).toBe(`/?at=${more}`)
  await tab.locator('[data-testid=alarms-fewer] a').click()
  await tab
    .getByTestId('bar-panel')
    .locator(`time[datetime^="${fewer.slice(0, 16)}"]`)
    .waitFor()
  await tab.close()
}, 60_000)

it('promoted with a reason, and rolled back: each asked once more, and the log keeps why', async () => {
  await button('Promote').click()
  const dialog = page.getByTestId('promote-dialog')
  // Its own keys are the page's no more: `w` would lead away.
  await dialog.getByRole('button', { name: 'Leave it' }).focus()
  await page.keyboard.press('w')
  await dialog.getByRole('textbox').fill('The newer rows.')
  expect(await violations(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Promote' }).click()
  await row('retired').filter({ hasText: first }).waitFor()
  const log = page.getByTestId('champions').getByRole('listitem')
  await log.first().getByText('The newer rows.').waitFor()

  await button('Roll back').click()
  const back = page.getByTestId('rollback-dialog')
  await back.getByText(`Back to ${first}?`).waitFor()
  await page.keyboard.press('Escape')
  await back.waitFor({ state: 'hidden' })
  expect(await log.count()).toBe(2)
  await button('Roll back').click()
  await back.getByRole('textbox').fill('It was a try.')
  await back.getByRole('button', { name: 'Roll back' }).click()
  await row('champion').filter({ hasText: first }).waitFor()
  await log.first().getByText('It was a try.').waitFor()
  expect(await log.count()).toBe(3)
}, 120_000)

it('a key that may look alone: everything is seen, and the buttons say why they do nothing', async () => {
  const tab = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const session = { keyRequired: true, name: 'a reader', scope: 'read' }
  await tab.route('**/api/session', route => route.fulfill({ json: session }))
  await tab.goto(`${server.url}/models`)
  await tab.locator('[data-testid=version][data-state=retired]').click()
  await tab.getByText('Your key may look').first().waitFor()
  for (const name of ['Start', 'Try it again', 'Promote', 'Roll back']) {
    expect(await tab.getByRole('button', { name, exact: true }).isDisabled()).toBe(true)
  }
  await tab.close()
}, 60_000)

it('models that cannot be read are told, and read again when that is asked for', async () => {
  const tab = await browser.newPage()
  await tab.route('**/api/models', route => route.abort())
  await tab.goto(`${server.url}/models`)
  await tab.getByTestId('models-failed').getByText('The models could not be read').waitFor()
  await tab.unroute('**/api/models')
  await tab.getByRole('button', { name: 'Try again' }).click()
  await tab.getByTestId('versions').waitFor()
  expect(await tab.getByTestId('models-failed').count()).toBe(0)
  await tab.close()
}, 60_000)

it('versions are read when something changed, and not all the time; the console stayed silent', () => {
  expect(reads).toBeLessThan(mostReads)
  expect(complaints).toEqual([])
})
