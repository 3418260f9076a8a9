import type { Browser, Page, Request } from 'playwright-core'

/** A room to take a picture of. */
export interface Shot {
  readonly name: string
  /** The path of the room. */
  readonly path: string
  /** A selector that matches once the room has loaded its data. */
  readonly ready: string
}

/** The scheme and width of a picture. */
export interface Look {
  readonly scheme: 'light' | 'dark'
  readonly width: 'wide' | 'narrow'
}

const sizes = {
  wide: { viewport: { width: 1_440, height: 900 }, deviceScaleFactor: 1 },
  // As a phone has it, twice as fine.
  narrow: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
}
const tickMs = 100
const quietTicks = 7
const mostTicks = 100
const mostTurns = 10

/** All looks. */
export const looks: readonly Look[] = (['light', 'dark'] as const).flatMap(scheme =>
  (['wide', 'narrow'] as const).map(width => ({ scheme, width })),
)

/** Takes a picture of the page once it no longer changes, as PNG. Throws if the page logs an error. */
export async function take(
  browser: Browser,
  url: string,
  { path, ready }: Shot,
  { scheme, width }: Look,
): Promise<Buffer> {
  const context = await browser.newContext({ ...sizes[width], colorScheme: scheme, reducedMotion: 'reduce' })
  try {
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', error => complaints.push(error.message))
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
    const answered = answers(page)
    await page.goto(url + path)
    await page.locator(ready).first().waitFor()
    for (let turn = 0; turn < mostTurns; turn++) {
      await still(page)
      if (answered()) break
    }
    if (complaints.length > 0) throw new Error(`${path}: ${complaints.join(' ')}`)
    return await page.screenshot()
  } finally {
    await context.close()
  }
}

/** Tracks whether all requests of the page are answered, except its stream, which never ends. */
function answers(page: Page): () => boolean {
  const waiting = new Set<Request>()
  page.on('request', request => !request.url().includes('/api/stream') && waiting.add(request))
  const ended = (request: Request) => waiting.delete(request)
  page.on('requestfinished', ended)
  page.on('requestfailed', ended)
  return () => waiting.size === 0
}

/** Resolves when nothing has changed for a while, or at the latest after a longer time, since a clock may tick. Time in which the page is busy does not count. */
function still(page: Page): Promise<void> {
  return page.evaluate(
    ({ tickMs, quietTicks, mostTicks }) =>
      new Promise<void>(resolve => {
        let quiet = 0
        let ticks = 0
        new MutationObserver(() => {
          quiet = 0
        }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
        const timer = setInterval(() => {
          if (++quiet <= quietTicks && ++ticks <= mostTicks) return
          clearInterval(timer)
          resolve()
        }, tickMs)
      }),
    { tickMs, quietTicks, mostTicks },
  )
}
