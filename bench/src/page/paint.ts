import type { Browser } from 'playwright-core'
import { freshCaches, open, type Subject, type Watched } from './subject.ts'

export interface Paint {
  readonly coldMs: number
  readonly warmMs: number
  /** With a cold cache, until all bars were at hand and drawn. */
  readonly allMs: number
}

/** How long until there are candles, in a browser that knows nothing of the page and once more in the same browser. */
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
