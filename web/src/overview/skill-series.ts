import { weekMs } from '@candlewatch/core/time'
import type { Candle } from '../state/series.ts'

/** The errors of both forecasts before a bar, over 60 days, in percent of the price. */
export interface SkillPoint {
  readonly at: number
  readonly model: number
  readonly naive: number
  /** The model's error divided by the naive forecast's; below 1 the model is better. */
  readonly ratio: number
}

/** The errors of both forecasts over time. */
export interface SkillSeries {
  /** Oldest first, thinned. */
  readonly points: readonly SkillPoint[]
  /** The times when the naive forecast was used: from its first bar's open to the open of the bar after its last. */
  readonly handedOver: readonly (readonly [from: number, to: number])[]
  readonly bars: number
  /** The bars for which the naive forecast was used. */
  readonly naiveBars: number
}

/** Errors over less than a week are noise and left out, unless there are no others. */
const leastMs = weekMs

/** The errors of both forecasts over time, from the verdicts; `most` points at most, the newest one included. */
export function skillSeries(candles: readonly Candle[], intervalMs: number, most: number): SkillSeries {
  const judged = candles.flatMap(({ at, verdict }) => (verdict?.skill ? [{ at, ...verdict.skill }] : []))
  const handedOver: [number, number][] = []
  let before: (typeof judged)[number] | null = null
  for (const one of judged) {
    if (one.by === 'naive') {
      const open = before?.by === 'naive' ? handedOver.at(-1) : undefined
      if (open) open[1] = one.at + intervalMs
      else handedOver.push([one.at, one.at + intervalMs])
    }
    before = one
  }
  // A market that stands still has no error, and so no ratio.
  const compared = judged.filter(({ modelPercent, naivePercent }) => modelPercent > 0 && naivePercent > 0)
  const ripe = compared.filter(({ bars }) => bars * intervalMs >= leastMs)
  const known = ripe.length > 0 ? ripe : compared
  const every = Math.max(1, Math.ceil(known.length / most))
  const kept = known.filter((_, i) => (known.length - 1 - i) % every === 0)
  return {
    points: kept.map(({ at, modelPercent: model, naivePercent: naive }) => ({
      at,
      model,
      naive,
      ratio: model / naive,
    })),
    handedOver,
    bars: judged.length,
    naiveBars: judged.filter(({ by }) => by === 'naive').length,
  }
}
