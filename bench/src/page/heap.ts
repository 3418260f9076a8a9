import { known, nth } from '@candlewatch/core/nth'
import type { Browser } from 'playwright-core'
import { slope } from '../figures.ts'
import type { Feed } from './feed.ts'
import { freshCaches, open, press, type Subject } from './subject.ts'
import { rowsPerSecond } from './update.ts'

/** Sizes in megabytes. */
export interface Heap {
  readonly rows: number
  readonly first: number
  readonly last: number
  readonly most: number
  readonly perMinute: number
}

const sampleSeconds = 10

/** Measures the page's memory while ten rows per second arrive. The first quarter is left out: it belongs to compilers and caches. */
export async function heap(browser: Browser, subject: Subject, feed: Feed, minutes: number): Promise<Heap> {
  const context = await freshCaches(browser)
  try {
    const opened = await open(context, subject, feed.watched())
    await press(opened, 'week', feed.watched())
    await opened.page.evaluate(() => window.unwatch())
    const samples: { readonly x: number; readonly y: number }[] = []
    let rows = 0
    for (let at = 0; at < minutes * 60; at += sampleSeconds) {
      rows += await feed.play(rowsPerSecond, sampleSeconds)
      samples.push({ x: at / 60, y: await opened.heapMegabytes() })
    }
    const late = samples.slice(samples.length >> 2)
    const sizes = late.map(({ y }) => y)
    const [first, last, most] = [nth(sizes, 0), known(sizes.at(-1)), Math.max(...sizes)]
    return { rows, first, last, most, perMinute: slope(late) }
  } finally {
    await context.close()
  }
}
