import type { Page } from 'playwright-core'

declare global {
  interface Window {
    gaps: number[]
  }
}

/** Makes the page record the time between its frames. */
export function startFrames(page: Page): Promise<void> {
  return page.evaluate(() => {
    const gaps: number[] = []
    let last = performance.now()
    const frame = () => {
      const now = performance.now()
      gaps.push(now - last)
      last = now
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
    window.gaps = gaps
  })
}

/** Returns the longest time between two frames since recording began. */
export function longestFrameMs(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(...window.gaps))
}
