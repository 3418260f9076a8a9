import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServerProcess } from '@candlewatch/adapters/processes/server-process'
import { makeAsk } from '@candlewatch/api/client'
import { chromiumFlags, findChromium } from '@candlewatch/bench/chromium'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { isoDate } from '@candlewatch/core/interval'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newTab, settled, violations } from './page.ts'
import { makePlace } from './replay.ts'
import { startTestServer } from './server.ts'

/** The version that the repository comes with. */
const first = '2020-12-31-99de6b04'
const wait = { timeout: 60_000 }
const { series } = syntheticYear({ seed: 3 })
const rows = series.bars.map(({ ts, open, high, low, close, volume }) => {
  return { date: isoDate(ts - series.intervalMs), open, high, low, close, volume }
})
/** Enough rows to learn from, and for a trial on their newest tenth. */
const enoughRows = 2_400

let browser: Browser
let page: Page
let complaints: string[]

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags })
}, 300_000)

beforeEach(async () => {
  complaints = []
  page = await newTab(browser, complaints)
})

afterEach(() => page.close())
afterAll(() => browser?.close())

/** A server with a copy of the repository's models, for what is trained here. */
async function startWithModels() {
  const place = await makePlace()
  const models = join(place.folder, 'models')
  await cp(fileURLToPath(new URL('../models', import.meta.url)), models, { recursive: true })
  // The outcome of a trial is chance here, so it must not promote.
  // One model for every market, so that the rows made here are those that it is compared on.
  const env = { MODELS_DIR: models, MODEL: 'btc-usd-1h', PROMOTE_RULE: 'never' }
  const server = await startTestServer(place.folder, env)
  return {
    server,
    async stop() {
      await server.stop()
      await place.remove()
    },
  }
}

const row = (state: string) => page.locator(`[data-testid=version][data-state=${state}]`)
const version = (name: string) => page.locator(`[data-testid=version][data-version="${name}"]`)

describe('without rows', () => {
  let started: Awaited<ReturnType<typeof startWithModels>>
  beforeAll(async () => {
    started = await startWithModels()
  }, 300_000)
  afterAll(() => started?.stop())

  it('the version of the repository is shown with its figures and curves, and no training can start', async () => {
    await page.goto(`${started.server.url}/models`)
    await row('champion').and(version(first)).waitFor()
    await page.getByTestId('metrics').getByText('49.33').waitFor()
    await page.locator('[data-testid=curve-validation][data-epochs="14"]').waitFor()
    await page.getByTestId('training-outlook').getByText('1000').waitFor()
    expect(await page.getByTestId('start-training').isDisabled()).toBe(true)
    expect(await violations(page)).toEqual([])
    expect(complaints).toEqual([])
  }, 60_000)
})

describe('with rows', () => {
  let started: Awaited<ReturnType<typeof startWithModels>>
  let server: ServerProcess
  let ask: ReturnType<typeof makeAsk>

  beforeAll(async () => {
    started = await startWithModels()
    server = started.server
    ask = makeAsk({ url: server.url })
    await ask('POST /predict_anomaly', { body: rows.slice(0, enoughRows) })
  }, 300_000)
  afterAll(() => started?.stop())

  /** The version of a quick training, which each case that needs it trains if it is the first. */
  async function candidate(): Promise<string> {
    const { models } = await ask('GET /api/models')
    const known = models.find(one => one.name === 'btc-usd-1h' && one.version !== first)
    if (known) return known.version
    await ask('POST /api/models/retrain', { body: { size: 'quick' } })
    await expect.poll(async () => (await ask('GET /api/training')).state, wait).toBe('done')
    return (await ask('GET /api/training')).version as string
  }

  async function open(path = '/models'): Promise<void> {
    await page.goto(`${server.url}${path}`)
  }

  it('a training is started, shows its progress in every room, survives a reload and is cancelled', async () => {
    const before = (await ask('GET /api/models')).models.length
    await open()
    await page.getByTestId('training-full').check()
    await page.getByTestId('start-training').click()
    await page.getByTestId('training-progress').waitFor()
    const other = await newTab(browser, complaints)
    await other.goto(server.url)
    await other.getByTestId('training-banner').waitFor(wait)
    await page.reload()
    await page.waitForFunction(
      () => Number(document.querySelector('[data-testid=curve-training]')?.getAttribute('data-epochs')) > 1,
    )
    expect(await violations(page)).toEqual([])
    await page.getByTestId('cancel-training').click()
    await page.locator('[data-testid=training-card][data-state=cancelled]').waitFor(wait)
    await other.getByTestId('training-banner').waitFor({ state: 'detached' })
    await other.close()
    expect((await ask('GET /api/models')).models).toHaveLength(before)
    expect(complaints).toEqual([])
  }, 120_000)

  it('a quick training makes a version, which is shown with what its trial found', async () => {
    await open()
    await page.getByTestId('training-quick').check()
    await page.getByTestId('start-training').click()
    await page.locator('[data-testid=training-card][data-state=done]').waitFor(wait)
    const made = (await page.getByTestId('training-end').getAttribute('data-version')) as string
    expect(made).toMatch(/^2021-/)
    await page.locator(`[data-testid=version-card][data-version="${made}"] [data-testid=curve-training]`).waitFor(wait)
    await page.locator('[data-testid=trial-card][data-passed=false]').waitFor()
    await page.getByTestId('alarms-more').waitFor()
    expect(await violations(page)).toEqual([])
    for (const width of [768, 390]) {
      await page.setViewportSize({ width, height: 844 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    }
    expect(complaints).toEqual([])
  }, 120_000)

  it('a version is compared again by hand', async () => {
    const name = await candidate()
    await open()
    await version(name).click()
    const card = page.getByTestId('trial-card')
    await page.locator('[data-testid=trial-card]:not([data-tried-at=""]) [data-testid=compare]:enabled').click()
    const before = await card.getAttribute('data-tried-at')
    await expect.poll(() => card.getAttribute('data-tried-at'), wait).not.toBe(before)
    await page.locator('[data-testid=compare]:enabled').waitFor()
    expect(complaints).toEqual([])
  }, 120_000)

  it('alarms that differ lead to their bars in the chart', async () => {
    const name = await candidate()
    // Which alarms differ is chance: these are made up, of bars that exist.
    const [more, fewer] = ['2021-03-01T00:00:00Z', '2021-03-02T05:00:00Z']
    const { models } = await ask('GET /api/models')
    const changed = models.map(one => ({
      ...one,
      trial: one.trial && { ...one.trial, moreAt: [more], fewerAt: [fewer] },
    }))
    await page.route('**/api/models', route => route.fulfill({ json: { models: changed } }))
    await open()
    await version(name).click()
    expect(await page.getByTestId('alarms-more').getByRole('link').getAttribute('href')).toBe(`/?at=${more}`)
    await page.getByTestId('alarms-fewer').getByRole('link').click()
    await page
      .getByTestId('bar-panel')
      .locator(`time[datetime^="${fewer.slice(0, 16)}"]`)
      .waitFor()
    expect(complaints).toEqual([])
  }, 120_000)

  it('a version is promoted and rolled back, each after a confirmation, and the history keeps the reasons', async () => {
    const name = await candidate()
    await open()
    await version(name).click()
    await page.locator('[data-testid=promote]:enabled').click()
    const dialog = page.getByTestId('promote-dialog')
    // The page's keys do nothing in a dialog: `w` would open another room.
    await dialog.getByTestId('cancel-change').focus()
    await page.keyboard.press('w')
    await dialog.getByRole('textbox').fill('The newer rows.')
    expect(await violations(page)).toEqual([])
    await dialog.getByTestId('confirm-change').click()
    await row('champion').and(version(name)).waitFor()
    const log = page.getByTestId('champions').getByRole('listitem')
    await log.first().getByText('The newer rows.').waitFor()
    const promotions = await log.count()

    await page.getByTestId('roll-back').click()
    const back = page.getByTestId('rollback-dialog')
    await back.getByText(first).waitFor()
    await page.keyboard.press('Escape')
    await back.waitFor({ state: 'hidden' })
    expect(await log.count()).toBe(promotions)
    await page.getByTestId('roll-back').click()
    await back.getByRole('textbox').fill('It was a try.')
    await back.getByTestId('confirm-change').click()
    await row('champion').and(version(first)).waitFor()
    await log.first().getByText('It was a try.').waitFor()
    expect(await log.count()).toBe(promotions + 1)
    expect(complaints).toEqual([])
  }, 120_000)

  it('a read-only key sees everything, and every button that changes models is disabled', async () => {
    const name = await candidate()
    const session = { keyRequired: true, name: 'a reader', scope: 'read' }
    await page.route('**/api/session', route => route.fulfill({ json: session }))
    await open()
    await version(name).click()
    await page.getByTestId('read-only').first().waitFor()
    for (const button of ['start-training', 'compare', 'promote', 'roll-back']) {
      expect(await page.getByTestId(button).isDisabled()).toBe(true)
    }
    expect(complaints).toEqual([])
  }, 120_000)

  it('models that cannot be loaded are reported, and loaded on request', async () => {
    // The page also reads again by itself, such as when its stream opens: only what follows the click gets through.
    const isAskedFor = () => page.evaluate(() => document.body.dataset.clicked === 'yes')
    await page.route('**/api/models', async route => ((await isAskedFor()) ? route.continue() : route.abort()))
    await open()
    await page.getByTestId('models-failed').waitFor()
    await page.evaluate(() => {
      const clicked = () => document.body.setAttribute('data-clicked', 'yes')
      document.addEventListener('click', clicked, { capture: true })
    })
    await page.getByTestId('models-failed').getByRole('button').click()
    await page.getByTestId('versions').waitFor()
    await page.getByTestId('models-failed').waitFor({ state: 'detached' })
  }, 60_000)

  it('new rows do not make the page load the versions again', async () => {
    let reads = 0
    page.on('request', request => {
      if (new URL(request.url()).pathname === '/api/models') reads += 1
    })
    await open()
    await page.getByTestId('versions').waitFor()
    const before = await settled(async () => reads, page)
    const price = await page.getByTestId('last-price').textContent()
    const { bars } = await ask('GET /api/bars', { query: { limit: 1 } })
    const next = rows.findIndex(({ date }) => date === bars[0]?.date) + 1
    for (const body of rows.slice(next, next + 20)) await ask('POST /predict_anomaly', { body })
    await expect.poll(() => page.getByTestId('last-price').textContent(), wait).not.toBe(price)
    expect(reads).toBe(before)
    expect(complaints).toEqual([])
  }, 60_000)
})
