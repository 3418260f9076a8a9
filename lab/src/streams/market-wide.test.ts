import { hourMs } from '@candlewatch/core/time'
import { describe, expect, it } from 'vitest'
import { marketWide } from './market-wide.ts'
import type { StreamTrace } from './stream-figures.ts'

const [hours, judgedFrom] = [1_000, 800]

/** Moves of 1 % up and down in turn, and larger ones, of 20 % unless another is given, in some hours. */
function trace({
  jumps = [],
  by = 1.2,
  alarms = [],
  control = [],
  drop = () => false,
}: Partial<Parts> = {}): StreamTrace {
  const closes: [ts: number, close: number][] = []
  let close = 100
  for (let hour = 0; hour < hours; hour++) {
    close *= jumps.includes(hour) ? by : hour % 2 ? 1.01 : 1 / 1.01
    if (!drop(hour)) closes.push([hour * hourMs, close])
  }
  const times = (of: readonly number[]) => Float64Array.from(of, hour => hour * hourMs)
  return {
    intervalMs: hourMs,
    ts: Float64Array.from(closes, ([ts]) => ts),
    close: Float64Array.from(closes, ([, price]) => price),
    first: judgedFrom * hourMs,
    last: (hours - 1) * hourMs,
    alarms: times(alarms),
    controlAlarms: times(control),
  }
}

interface Parts {
  readonly jumps: readonly number[]
  /** How much the close grows in such an hour. */
  readonly by: number
  readonly alarms: readonly number[]
  readonly control: readonly number[]
  readonly drop: (hour: number) => boolean
}

describe('moves of the whole market', () => {
  // Hours 850 and 856 lie within six hours of one another; 700 lies before the range.
  const jumps = [700, 850, 856, 900, 950]

  it('an alarm counts from an hour before to an hour after; what moves alone is no move of the market', () => {
    const streams = [
      trace({ jumps, alarms: [855, 901, 948], control: [849, 950, 951] }),
      trace({ jumps: [...jumps, 870], alarms: [870] }),
      trace({ jumps }),
      trace({ jumps }),
    ]
    const [first, second] = marketWide(streams)
    expect(first).toMatchObject({ events: 3, found: 2, foundByControl: 2 })
    expect(first?.controlPerWeek).toBeCloseTo(2 / (200 / 168), 12)
    expect(second).toMatchObject({ events: 3, found: 0 })
  })

  it('the others decide: a stream that stands still in that hour has the event all the same', () => {
    const found = marketWide([trace(), ...Array.from({ length: 3 }, () => trace({ jumps }))])
    expect(found[0]?.events).toBe(3)
    // Of three others one stands still: the median moves.
    expect(found[1]?.events).toBe(3)
  })

  it('of four others the mean of the two middle ones must be above six sigmas', () => {
    // 20 % is 12 sigmas of moves of 1 %, 8 % is 5: (12 + 5) / 2 moves the market, (5 + 5) / 2 does not.
    const size = (percent: number) => trace({ jumps: [900], by: 1 + percent / 100 })
    const eventsWith = (...percents: number[]) => marketWide([trace(), ...percents.map(size)])[0]?.events
    expect(eventsWith(20, 20, 8, 8)).toBe(1)
    expect(eventsWith(20, 8, 8, 8)).toBe(0)
  })

  it('fewer than three others, or a market that closes, are not compared', () => {
    const all = Array.from({ length: 4 }, () => trace({ jumps }))
    expect(marketWide(all.slice(1))).toEqual([null, null, null])
    const stock = trace({ jumps, drop: hour => hour % 24 > 6 })
    expect(marketWide([stock, ...all]).map(one => one?.events ?? null)).toEqual([null, 3, 3, 3, 3])
  })
})
