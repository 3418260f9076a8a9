import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPage, settled, violations } from './page.ts'

it('the script of the page contains no schema library', () => {
  const assets = new URL('../web/dist/assets/', import.meta.url)
  const scripts = readdirSync(assets).filter(name => name.endsWith('.js'))
  expect(scripts.filter(name => readFileSync(new URL(name, assets), 'utf8').includes('ZodError'))).toEqual([])
})

describe('the page, in a browser, while rows come in', () => {
  let opened: Awaited<ReturnType<typeof openPage>>

  beforeAll(async () => {
    opened = await openPage()
  }, 300_000)

  afterAll(() => opened?.close())

  it('the chart is drawn and grows without a reload', async () => {
    const { page, barsShown, waitForBars } = opened
    await waitForBars(1)
    await page.waitForSelector('[data-testid=chart] .main-svg')
    const before = await barsShown()
    await waitForBars(before + 5)
  }, 60_000)

  it('the hour that fell by a fifth appears among the episodes, with its size', async () => {
    await opened.crash().waitFor({ timeout: 60_000 })
    expect(Number(await opened.crash().getAttribute('data-size'))).toBeLessThan(-0.1)
  }, 90_000)

  it('the button pauses the replay and continues it', async () => {
    const { page, barsShown, waitForBars } = opened
    await page.getByTestId('play-pause').click()
    await page.locator('[data-testid=replay][data-state=paused]').waitFor()
    const held = await settled(barsShown, page)
    await page.getByTestId('step').click()
    await waitForBars(held + 1)
    expect(await settled(barsShown, page)).toBe(held + 1)
    await page.getByTestId('play-pause').click()
    await waitForBars(held + 4)
  }, 60_000)

  it('new bars do not move a view that was panned, and one key returns to now', async () => {
    const { page, barsShown, waitForBars } = opened
    const range = () =>
      page.evaluate(() => {
        const plot = document.querySelector('.plot') as unknown as { _fullLayout: { xaxis: { range: string[] } } }
        return plot._fullLayout.xaxis.range.map(String)
      })
    await page.keyboard.press('1')
    await page.keyboard.press('[')
    await page.getByTestId('back-to-now').waitFor()
    const held = await settled(range, page)
    await waitForBars((await barsShown()) + 5)
    expect(await range()).toEqual(held)
    await page.keyboard.press('End')
    await page.getByTestId('back-to-now').waitFor({ state: 'detached' })
    await expect.poll(range, { timeout: 10_000 }).not.toEqual(held)
  }, 60_000)

  it('overlays are switched by their key and by the menu, are named in the legend, and the choice is kept', async () => {
    const { page } = opened
    const shown = () =>
      page.locator('[data-overlay]').evaluateAll(all => all.map(one => (one as HTMLElement).dataset.overlay))
    expect(await shown()).toEqual(['forecast', 'levels'])
    await page.keyboard.press('l')
    await page.keyboard.press('a')
    await page.keyboard.press('v')
    expect(await shown()).toEqual(['forecast', 'fast', 'slow', 'bollinger'])
    await page.getByTestId('overlays').click()
    await page.getByTestId('overlay-baseline').check()
    await page.getByTestId('overlay-bollinger').uncheck()
    await page.keyboard.press('Escape')
    await page.getByTestId('overlay-baseline').waitFor({ state: 'hidden' })
    await page.reload()
    await page.locator('[data-overlay=slow]').waitFor()
    expect(await shown()).toEqual(['forecast', 'baseline', 'fast', 'slow'])
    for (const key of ['a', 'b']) await page.keyboard.press(key)
    expect(await shown()).toEqual(['forecast'])
  }, 60_000)

  it('prices are drawn as candles or as a line, as the reader chooses', async () => {
    const { page } = opened
    const candles = page.locator('[data-name="Rising candles"]')
    await candles.waitFor({ state: 'attached' })
    await page.getByTestId('style-line').check()
    await candles.waitFor({ state: 'detached' })
    await page.getByTestId('style-auto').check()
    await candles.waitFor({ state: 'attached' })
  }, 60_000)

  it('zooming by key and by button keeps following the newest bar', async () => {
    const { page, barsShown, waitForBars } = opened
    const widthMs = () =>
      page.evaluate(() => {
        const plot = document.querySelector('.plot') as unknown as { _fullLayout: { xaxis: { range: number[] } } }
        const [from, to] = plot._fullLayout.xaxis.range
        return to! - from!
      })
    const narrower = (than: number) => expect.poll(widthMs, { timeout: 10_000 }).toBeLessThan(than)
    await page.keyboard.press('2')
    const before = await widthMs()
    await page.keyboard.press('=')
    await narrower(before * 0.6)
    const once = await widthMs()
    await page.getByTestId('zoom-in').click()
    await narrower(once * 0.6)
    const twice = await widthMs()
    await waitForBars((await barsShown()) + 3)
    expect(await page.getByTestId('back-to-now').count()).toBe(0)
    expect(await widthMs()).toBeCloseTo(twice, -6)
    await page.keyboard.press('-')
    await expect.poll(widthMs, { timeout: 10_000 }).toBeGreaterThan(twice * 1.5)
    await page.keyboard.press('2')
  }, 60_000)

  it('a click on a bar opens its verdict; a drag opens nothing', async () => {
    const { page } = opened
    const box = (await page.getByTestId('chart').boundingBox())!
    const [x, y] = [box.x + box.width * 0.6, box.y + box.height * 0.3]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 120, y, { steps: 4 })
    await page.mouse.up()
    await page.getByTestId('back-to-now').waitFor()
    expect(await page.getByTestId('bar-panel').count()).toBe(0)
    await page.mouse.move(x, y)
    await page.getByTestId('inspect').waitFor()
    await page.mouse.down()
    await page.mouse.up()
    await page.getByTestId('bar-panel').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('End')
    await page.mouse.move(0, 0)
  }, 60_000)

  it('the page says where the rows come from and that it is live', async () => {
    expect(await opened.page.getByTestId('source-banner').textContent()).toContain('rows.csv')
    expect(await opened.page.getByTestId('connection').getAttribute('data-state')).toBe('live')
  })

  it('a lost connection is reported within five seconds and is restored with nothing missed', async () => {
    const { page, address, line, barsShown, waitForBars } = opened
    const barsStored = async () => {
      const { markets } = (await (await fetch(`${address}/api/markets`)).json()) as { markets: { bars: number }[] }
      return markets[0]!.bars
    }
    line.cut()
    await page.locator('[data-testid=connection][data-state=lost]').waitFor({ timeout: 5_200 })
    const shown = await barsShown()
    await expect.poll(barsStored, { timeout: 20_000 }).toBeGreaterThan(shown + 3)
    line.mend()
    await page.locator('[data-testid=connection][data-state=live]').waitFor({ timeout: 10_000 })
    await waitForBars(await barsStored())
  }, 60_000)

  it('the page breaks no rule of accessibility that axe knows, in light and dark', async () => {
    expect(await violations(opened.page)).toEqual([])
  }, 60_000)

  it('the page fits windows of 390, 768 and 2,560 pixels', async () => {
    const { page } = opened
    for (const width of [2_560, 768, 390]) {
      await page.setViewportSize({ width, height: 844 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    }
  })

  it('the console shows no errors except for the lost connection', () => {
    expect(opened.complaints.filter(text => !/ERR_(CONNECTION|EMPTY)/.test(text))).toEqual([])
  })
})
