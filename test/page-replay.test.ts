import { hourMs } from '@candlewatch/core/time'
import type { Replay } from '@candlewatch/core/types'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openPage, violations } from './page.ts'

let opened: Awaited<ReturnType<typeof openPage>>
/** Another page that is open all the while: nobody touches it. */
let other: Page
let pages: readonly Page[]

beforeAll(async () => {
  // No row comes by itself after the first.
  opened = await openPage('1h')
  other = await opened.another()
  pages = [opened.page, other]
  for (const page of pages) await page.getByTestId('replay').waitFor()
}, 300_000)

afterAll(() => opened?.close())

/** `19 May 2021 12:00`. */
function formatted(at: number): string {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' })
  return `${day.format(at)} ${new Date(at).toISOString().slice(11, 16)}`
}

/** Both pages show this bar as their newest. */
async function bothAt(at: number): Promise<void> {
  for (const page of pages)
    await page.getByTestId('replay-position').getByText(formatted(at), { exact: true }).waitFor()
}

async function both(selector: string): Promise<void> {
  for (const page of pages) await page.locator(selector).waitFor()
}

const replayNow = async () =>
  ((await (await fetch(`${opened.address}/api/replays`)).json()) as { replays: Replay[] }).replays[0]!
const newestBar = async () => {
  const { bars } = (await (await fetch(`${opened.address}/api/bars?limit=1`)).json()) as { bars: { date: string }[] }
  return Date.parse(bars[0]!.date)
}

async function goTo(at: number): Promise<void> {
  await opened.page.keyboard.press('g')
  await opened.page.locator('#go-to:focus').fill(new Date(at).toISOString().slice(0, 16))
  await opened.page.keyboard.press('Enter')
}

it('the space bar pauses the replay, and every page says so', async () => {
  await bothAt(Date.parse((await replayNow()).from))
  await opened.page.keyboard.press('Space')
  await both('[data-testid=replay][data-state=paused]')
}, 60_000)

it('a step by the button or by its key shows one more bar on every page', async () => {
  const start = await newestBar()
  await opened.page.getByTestId('step').click()
  await bothAt(start + hourMs)
  await opened.page.keyboard.press('.')
  await opened.page.keyboard.press('.')
  await bothAt(start + 3 * hourMs)
  expect(await newestBar()).toBe(start + 3 * hourMs)
  // Held down it goes on.
  for (let press = 0; press < 3; press++) await opened.page.keyboard.down('.')
  await opened.page.keyboard.up('.')
  await bothAt(start + 6 * hourMs)
}, 60_000)

it('the speed is changed by its button and by its keys', async () => {
  await opened.page.getByTestId('speed').locator('input[value="100"]').check()
  await both('[data-testid=speed][data-every-ms="100"]')
  // The chosen speed has the focus: the space bar plays all the same.
  await opened.page.keyboard.press('Space')
  await both('[data-testid=replay][data-state=playing]')
  await opened.page.keyboard.press('Space')
  await both('[data-testid=replay][data-state=paused]')
  await opened.page.keyboard.press('>')
  await both('[data-testid=speed][data-every-ms="20"]')
  await opened.page.keyboard.press('<')
  await opened.page.keyboard.press('<')
  await both('[data-testid=speed][data-every-ms="200"]')
}, 60_000)

it('a typed date ahead plays the rows up to it and stays paused', async () => {
  await goTo(opened.crashMs - 10 * hourMs)
  await bothAt(opened.crashMs - 10 * hourMs)
  await both('[data-testid=replay][data-state=paused]')
}, 60_000)

it('seeking the next anomaly pauses at the hour that falls by a fifth', async () => {
  await opened.page.keyboard.press('n')
  await bothAt(opened.crashMs)
  await both('[data-testid=replay][data-state=paused]')
  expect(await newestBar()).toBe(opened.crashMs)
  await opened.page.keyboard.press('.')
  await bothAt(opened.crashMs + hourMs)
  for (const page of pages) await opened.crash(page).waitFor()
}, 60_000)

it('a typed date in the past hides later bars on every page, and nothing is judged again', async () => {
  const [newest, price] = [await newestBar(), await other.getByTestId('last-price').textContent()]
  await goTo(opened.crashMs - 3 * hourMs)
  await bothAt(opened.crashMs - 3 * hourMs)
  for (const page of pages) {
    await page.getByTestId('latest-bar').getByText(formatted(newest)).waitFor()
    expect(await opened.crash(page).count()).toBe(0)
    expect(await page.getByTestId('last-price').textContent()).not.toBe(price)
    expect(await page.title()).not.toContain(price)
  }
  expect(await newestBar()).toBe(newest)
  expect(await violations(opened.page)).toEqual([])
}, 60_000)

it('steps go forward and back over judged bars', async () => {
  await opened.page.keyboard.press('.')
  await bothAt(opened.crashMs - 2 * hourMs)
  await opened.page.keyboard.press(',')
  await bothAt(opened.crashMs - 3 * hourMs)
  await opened.page.getByTestId('step-back').click()
  await bothAt(opened.crashMs - 4 * hourMs)
}, 60_000)

it('seeking the known anomaly shows it as it was shown the first time', async () => {
  await opened.page.getByTestId('next-anomaly').click()
  await bothAt(opened.crashMs)
  await both('[data-testid=past-banner]')
  for (const page of pages) await opened.crash(page).waitFor()
}, 60_000)

it('dragging the thumb back and ahead moves every page to where it is released', async () => {
  const slider = opened.page.getByTestId('replay-slider')
  const { x, y, width, height } = (await slider.boundingBox())!
  const { from, to } = await replayNow()
  const at = (time: number) => 6 + ((time - Date.parse(from)) / (Date.parse(to) - Date.parse(from))) * (width - 12)
  const drag = async (start: number, end: number) => {
    const { page } = opened
    await page.mouse.move(x + at(start), y + height / 2)
    await page.mouse.down()
    await page.mouse.move(x + at(end), y + height / 2, { steps: 4 })
    await page.mouse.up()
  }
  const before = await replayNow()
  await drag(Date.parse(before.at!), Date.parse(before.at!) - 20 * hourMs)
  await opened.page.waitForFunction(
    last => Number(document.querySelector<HTMLElement>('[data-testid=replay]')?.dataset.revision) > last,
    before.revision,
  )
  const back = Date.parse((await replayNow()).at!)
  // A pixel is an hour or so.
  expect(Math.abs(back - (Date.parse(before.at!) - 20 * hourMs))).toBeLessThanOrEqual(2 * hourMs)
  await bothAt(back)
  await drag(back, Date.parse(from) + 300 * hourMs)
  for (const page of pages) await page.getByTestId('past-banner').waitFor({ state: 'detached' })
  await opened.page.locator('[data-testid=replay][data-seek=""]').waitFor()
  const ahead = await newestBar()
  expect(Math.abs(ahead - (Date.parse(from) + 300 * hourMs))).toBeLessThanOrEqual(2 * hourMs)
  await bothAt(ahead)
}, 60_000)

it('a replay that plays from the past catches up with the newest bar and continues', async () => {
  const newest = await newestBar()
  await goTo(newest - 5 * hourMs)
  await both('[data-testid=past-banner]')
  await opened.page.getByTestId('play-pause').click()
  await both('[data-testid=replay][data-state=playing]')
  for (const page of pages) await page.getByTestId('past-banner').waitFor({ state: 'detached' })
  await opened.waitForBars((await opened.barsShown()) + 2)
  await opened.page.keyboard.press('Space')
  await both('[data-testid=replay][data-state=paused]')
  expect(await newestBar()).toBeGreaterThan(newest)
}, 60_000)

it('the other page leads back to the newest bar', async () => {
  await goTo(opened.crashMs)
  await bothAt(opened.crashMs)
  await other.getByTestId('to-newest').click()
  await bothAt(await newestBar())
}, 60_000)

it('a refused change is shown', async () => {
  const { page } = opened
  const detail = 'The replay was stopped and cannot be changed any more.'
  await page.route('**/api/replays/*', route =>
    route.fulfill({ status: 409, json: { detail, code: 'ERR_REPLAY_OVER' } }),
  )
  await page.getByTestId('step').click()
  await page.getByRole('alert').getByText(detail).waitFor()
  await page.unroute('**/api/replays/*')
}, 60_000)

it('a finished replay can be watched again from the start', async () => {
  await goTo(Date.parse((await replayNow()).to))
  await both('[data-testid=replay][data-state=finished]')
  await opened.page.getByTestId('play-pause').click()
  await both('[data-testid=replay][data-state=playing]')
  await both('[data-testid=past-banner]')
  await opened.page.keyboard.press('End')
  await both('[data-testid=replay][data-state=finished]')
}, 60_000)

it('the list of keys has those of the replay', async () => {
  const { page } = opened
  await page.keyboard.press('?')
  for (const key of ['.', ',', 'n', '>', 'g']) {
    await page.getByTestId('help').locator('kbd').getByText(key, { exact: true }).waitFor()
  }
  await page.keyboard.press('Escape')
}, 60_000)

it('fits a phone', async () => {
  await opened.page.setViewportSize({ width: 390, height: 844 })
  expect(await opened.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  expect(await violations(opened.page)).toEqual([])
}, 60_000)

it('the console shows no errors except for the refused change', () => {
  expect(opened.complaints.filter(text => !text.includes('409'))).toEqual([])
})
