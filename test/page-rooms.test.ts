import { rooms } from '@candlewatch/api/values/rooms'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openPage, violations } from './page.ts'

let opened: Awaited<ReturnType<typeof openPage>>

beforeAll(async () => {
  opened = await openPage('5ms')
  await opened.crash().waitFor({ timeout: 60_000 })
}, 300_000)

afterAll(() => opened?.close())

/** All rooms but Watch, which every test starts from. */
const others = Object.entries(rooms)
  .filter(([name]) => name !== 'watch')
  .map(([name, { title, path, key }]) => ({ name, title, path, key }))

it.each(others)(
  '$title has an address, a link and a key, and going back leads to the chart',
  async ({ name, title, path, key }) => {
    const { page } = opened
    const pathNow = () => new URL(page.url()).pathname
    const enter = [
      () => page.getByRole('navigation').getByRole('link', { name: title }).click(),
      () => page.keyboard.press(key),
    ]
    for (const go of enter) {
      await go()
      await page.locator(`[data-room=${name}]`).waitFor()
      expect(pathNow()).toBe(path)
      await page.goBack()
      await page.waitForSelector('[data-testid=chart] .main-svg')
      expect(pathNow()).toBe('/')
    }
  },
  60_000,
)

it.each(others)(
  '$title, opened by its address, breaks no rule of accessibility and fits its window',
  async ({ name, path }) => {
    const { page, line } = opened
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto(`${line.address}${path}`)
    await page.locator(`[data-room=${name}]`).waitFor()
    expect(await violations(page)).toEqual([])
    for (const width of [2_560, 768, 390]) {
      await page.setViewportSize({ width, height: 844 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    }
    expect(await violations(page)).toEqual([])
  },
  90_000,
)

it('a link to a bar opens it next to the chart, and is kept from room to room only while it is open', async () => {
  const { page, line } = opened
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto(line.address)
  await opened.crash().click()
  await page.waitForURL(/episode=/)
  const start = new URL(page.url()).searchParams.get('episode')!
  // Eight hours before the episode: an ordinary bar.
  const bar = new Date(Date.parse(start) - 8 * 3_600_000).toISOString().replace('.000Z', 'Z')
  await page.goto(`${line.address}/?at=${bar}`)
  await page
    .getByTestId('bar-panel')
    .locator(`time[datetime^="${bar.slice(0, 16)}"]`)
    .waitFor()
  expect(new URL(page.url()).searchParams.get('at')).toBe(bar)
  await page.keyboard.press('m')
  await page.locator('[data-room=models]').waitFor()
  expect(new URL(page.url()).search).toBe('')
  await page.keyboard.press('w')
  await page.getByTestId('bar-panel').waitFor()
  await page.waitForURL(/at=/)
  await page.keyboard.press('Escape')
  await page.getByTestId('bar-panel').waitFor({ state: 'detached' })
  expect(new URL(page.url()).search).toBe('')
}, 60_000)

it('the console shows no errors', () => {
  expect(opened.complaints).toEqual([])
})
