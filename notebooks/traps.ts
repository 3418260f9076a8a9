import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadCsv } from '@candlewatch/adapters/sources/csv/series'
import { isoDate } from '@candlewatch/core/interval'
import type { Bar, Ms, Series } from '@candlewatch/core/types'

/** Bars as a file in CryptoDataDownload's layout, traps included: newest row first, and the two volumes under each other's name. */
export function trappedCsv(bars: readonly Bar[], intervalMs: Ms): string {
  const cells = ({ ts, open, high, low, close, volume }: Bar) => [
    (ts - intervalMs) / 1000,
    isoDate(ts - intervalMs),
    'BTC/USD',
    open,
    high,
    low,
    close,
    (volume * close).toFixed(2),
    volume,
  ]
  const head = 'unix,date,symbol,open,high,low,close,Volume BTC,Volume USD'
  return [head, ...bars.map(bar => cells(bar).join(',')).reverse(), ''].join('\n')
}

/** The result of the project's CSV reader for a file with this text. */
export async function readBack(text: string): Promise<Series> {
  const folder = await mkdtemp(join(tmpdir(), 'candlewatch-'))
  try {
    const file = join(folder, 'made-up.csv')
    await writeFile(file, text)
    return await loadCsv(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The same bars with some missing, and some without a trade: price stands still at the close before, volume is zero. */
export function damaged(
  bars: readonly Bar[],
  {
    missing,
    silent,
  }: { readonly missing: readonly [from: number, to: number]; readonly silent: readonly [from: number, to: number] },
): Bar[] {
  const still = (bars[silent[0] - 1] as Bar).close
  return bars.flatMap((bar, i) => {
    if (i >= missing[0] && i < missing[1]) return []
    if (i >= silent[0] && i < silent[1])
      return [{ ...bar, open: still, high: still, low: still, close: still, volume: 0 }]
    return [bar]
  })
}
