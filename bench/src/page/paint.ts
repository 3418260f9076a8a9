import type { Browser } from 'playwright-core'
import { freshCaches, open, type Subject, type Watched } from './subject.ts'

/** Times until candles are drawn. */
export interface Paint {
  readonly coldMs: number
  readonly warmMs: number
  /** Until all bars were loaded and drawn, with a cold cache. */
  readonly allMs: number
}

/** Measures the time until candles are drawn, in a new browser and once more in the same browser. */
export async function paint(browser: Browser, subject: Subject, watched: Watched): Promise<Paint> {
  const context = await freshCaches(browser)
  const visit = async () => {
    const { page, seen } = await open(context, subject, watched)
    const { firstMs, allMs } = await seen()
    await page.close()
    return { firstMs: firstMs!, allMs: allMs! }
  }
  try {
    const cold = await visit()
    return { coldMs: cold.firstMs, allMs: cold.allMs, warmMs: (await visit()).firstMs }
  } finally {
    await context.close()
  }
}
