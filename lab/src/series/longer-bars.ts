import { formatInterval } from '@candlewatch/core/interval'
import { known } from '@candlewatch/core/nth'
import type { Bar, Ms, Series } from '@candlewatch/core/types'

/**
 * Makes longer bars from a series, aligned to UTC. A longer bar of which a part is missing is left out, as no exchange would
 * have sent it so.
 */
export function longerBars({ name, market, intervalMs, bars }: Series, longerMs: Ms): Series {
  const parts = longerMs / intervalMs
  const longer: Bar[] = []
  let group: Bar[] = []
  for (const bar of bars) {
    const begins = (bar.ts - intervalMs) % longerMs === 0
    const follows = group.at(-1)?.ts === bar.ts - intervalMs
    if (begins) group = [bar]
    else if (follows) group.push(bar)
    else group = []
    if (group.length === parts) longer.push(joined(group, bar.ts))
  }
  return { name: `${name} in bars of ${formatInterval(longerMs)}`, market, intervalMs: longerMs, bars: longer }
}

function joined(bars: readonly Bar[], ts: Ms): Bar {
  const [first, last] = [known(bars[0]), known(bars.at(-1))]
  return {
    ...last,
    ts,
    seen: ts,
    open: first.open,
    high: Math.max(...bars.map(bar => bar.high)),
    low: Math.min(...bars.map(bar => bar.low)),
    volume: bars.reduce((sum, bar) => sum + bar.volume, 0),
  }
}
