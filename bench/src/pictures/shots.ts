import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'

export interface Shot {
  readonly name: string
  /** From the page's address on. */
  readonly path: string
}

export interface Look {
  readonly scheme: 'light' | 'dark'
  readonly width: 'wide' | 'narrow'
}

const sizes = {
  wide: { viewport: { width: 1_440, height: 900 }, deviceScaleFactor: 1 },
  // As a phone has it, twice as fine.
  narrow: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
}
const quietMs = 700
const mostMs = 15_000

export const looks: readonly Look[] = (['light', 'dark'] as const).flatMap(scheme =>
  (['wide', 'narrow'] as const).map(width => ({ scheme, width })),
)

/** What the page looks like once it stands still, as PNG. Throws when it complains. */
export async function take(browser: Browser, url: string, { path }: Shot, { scheme, width }: Look): Promise<Buffer> {
  const context = await browser.newContext({ ...sizes[width], colorScheme: scheme, reducedMotion: 'reduce' })
  try {
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', error => complaints.push(error.message))
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
    await page.goto(url + path)
    await page.locator('main').waitFor()
    await still(page)
    if (complaints.length > 0) throw new Error(`${path}: ${complaints.join(' ')}`)
    return await page.screenshot()
  } finally {
    await context.close()
  }
}

/** Resolves when nothing has changed for a while, or after a longer one: a clock may tick. */
async function still(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen = { at: performance.now() }
    new MutationObserver(() => (seen.at = performance.now())).observe(document, {
      ...{ subtree: true, childList: true, attributes: true, characterData: true },
    })
    Object.assign(window, { lastChange: seen })
  })
  const from = performance.now()
  while (performance.now() - from < mostMs) {
    await wait(100)
    const quiet = await page.evaluate(
      () => performance.now() - (window as unknown as { lastChange: { at: number } }).lastChange.at,
    )
    if (quiet > quietMs) return
  }
}
