import type { Browser } from 'playwright-core'
import { freshCaches, type Opened, open, press, type Subject, settled, type Watched } from './subject.ts'

export interface ZoomTimes {
  readonly inMs: readonly number[]
  readonly outMs: readonly number[]
  readonly wheelMs: readonly number[]
}

const mostTurns = 5
const enoughMs = 20_000

/** From the key or the turn of the wheel to the last frame that it changed, the bars of the new range being all there. */
export async function zoom(browser: Browser, subject: Subject, watched: Watched): Promise<ZoomTimes> {
  const context = await freshCaches(browser)
  const times = { inMs: [] as number[], outMs: [] as number[], wheelMs: [] as number[] }
  try {
    const opened = await open(context, subject, watched)
    await press(opened, 'all', watched)
    const from = performance.now()
    for (let turn = 0; turn < mostTurns && (turn === 0 || performance.now() - from < enoughMs); turn++) {
      times.inMs.push(await press(opened, 'week', watched))
      times.outMs.push(await press(opened, 'all', watched))
      times.wheelMs.push(await wheel(opened, watched))
      await press(opened, 'all', watched)
    }
    return times
  } finally {
    await context.close()
  }
}

/** Towards the middle of the chart, by a few turns of an ordinary wheel. */
async function wheel(opened: Opened, watched: Watched): Promise<number> {
  const { x, y, width, height } = (await opened.page.getByTestId('chart').boundingBox())!
  await opened.page.mouse.move(x + width / 2, y + height / 2)
  // What the pointer itself brings up is not counted.
  await settled(opened, 'all', watched)
  await opened.page.mouse.wheel(0, -400)
  const ms = await settled(opened, 'part', watched)
  await opened.page.mouse.move(0, 0)
  return ms
}
