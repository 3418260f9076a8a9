import type { Candle } from '../state/series.ts'
import { weekMs } from './weeks.ts'

/** What stood before a bar: both errors over 30 days, percent of the price, and which forecast drove. */
export interface SkillPoint {
  readonly at: number
  readonly model: number
  readonly naive: number
  /** The model's error over the naive one's: below 1, the model is ahead. */
  readonly ratio: number
}

export interface SkillSeries {
  /** Oldest first, thinned. */
  readonly points: readonly SkillPoint[]
  /** While the naive forecast drove, from the first such bar's open to the open of the bar after the last. */
  readonly handedOver: readonly (readonly [from: number, to: number])[]
  readonly bars: number
  /** Of those: bars that the naive forecast drove. */
  readonly naiveBars: number
}

/** Errors over less than a week are noise that would flatten all that follows; of a younger market they are all there is. */
const leastMs = weekMs

/** How both forecasts have fared, as the verdicts have it; at most so many points, the newest among them. */
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
  // An error of nothing, of a market that stands still, has no ratio.
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
