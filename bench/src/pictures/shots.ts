import type { Browser, Page, Request } from 'playwright-core'

export interface Shot {
  readonly name: string
  /** From the page's address on. */
  readonly path: string
  /** There once the page has what it is about. */
  readonly ready: string
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
const tickMs = 100
const quietTicks = 7
const mostTicks = 100
const mostTurns = 10

export const looks: readonly Look[] = (['light', 'dark'] as const).flatMap(scheme =>
  (['wide', 'narrow'] as const).map(width => ({ scheme, width })),
)

/** What the page looks like once it stands still, as PNG. Throws when it complains. */
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

/** Whether everything that the page has asked for has come, but for its stream, which never ends. */
function answers(page: Page): () => boolean {
  const waiting = new Set<Request>()
  page.on('request', request => !request.url().includes('/api/stream') && waiting.add(request))
  const ended = (request: Request) => waiting.delete(request)
  page.on('requestfinished', ended)
  page.on('requestfailed', ended)
  return () => waiting.size === 0
}

/** Resolves when nothing has changed for a while, or after a longer one: a clock may tick. Time in which the page is busy does not count. */
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
