import type { Browser } from 'playwright-core'
import { type Answer, freshCaches, type Opened, open, press, type Subject, settled, type Watched } from './subject.ts'

/** Zooms in to a week and out to all bars by key, and in by the wheel. */
export interface Zooms {
  readonly in: readonly Answer[]
  readonly out: readonly Answer[]
  readonly wheel: readonly Answer[]
}

const mostTurns = 5
const enoughMs = 20_000

/** Zooms there and back a few times, fewer if one takes seconds. */
export async function zoom(browser: Browser, subject: Subject, watched: Watched): Promise<Zooms> {
  const context = await freshCaches(browser)
  const zooms = { in: [] as Answer[], out: [] as Answer[], wheel: [] as Answer[] }
  try {
    const opened = await open(context, subject, watched)
    // The only time that nothing is known of the whole: the worst of them.
    zooms.out.push(await press(opened, 'all', watched))
    const from = performance.now()
    for (let turn = 0; turn < mostTurns && (turn === 0 || performance.now() - from < enoughMs); turn++) {
      zooms.in.push(await press(opened, 'week', watched))
      zooms.out.push(await press(opened, 'all', watched))
      zooms.wheel.push(await wheel(opened, watched))
      await press(opened, 'all', watched)
    }
    return zooms
  } finally {
    await context.close()
  }
}

/** Zooms towards the middle of the chart by a few turns of the wheel. */
async function wheel(opened: Opened, watched: Watched): Promise<Answer> {
  const { x, y, width, height } = (await opened.page.getByTestId('chart').boundingBox())!
  await opened.page.mouse.move(x + width / 2, y + height / 2)
  // Elements that the pointer brings up are not counted.
  await settled(opened, 'all', watched)
  await opened.page.mouse.wheel(0, -400)
  const answer = await settled(opened, 'part', watched)
  await opened.page.mouse.move(0, 0)
  return answer
}
