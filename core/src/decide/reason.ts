import type { DetectorOpinion, Ms, PriceOutcome, Reason } from '../types.ts'
import { agreesAt, isPastRange } from '../verdict.ts'

/** The facts that the reason for a market verdict is made of. */
export interface Judged {
  readonly intervalMs: Ms
  readonly open: number
  readonly close: number
  readonly high: PriceOutcome
  readonly low: PriceOutcome
  /** The one of the two that left its forecast further. */
  readonly side: 'high' | 'low'
  readonly pValue: number | null
  readonly isAnomaly: boolean
  /** The bar's volume over the usual. */
  readonly volumeRatio: number
  /** The detector that drives, and the opinions of all. */
  readonly by: string | null
  readonly opinions: readonly Pick<DetectorOpinion, 'id' | 'pValue'>[]
}

/** The reason for a bar's verdict in the market lane: what came, what was expected, how rare that is. */
export function reasonOf(judged: Judged): Reason {
  if (!judged.isAnomaly) return ordinary(judged)
  const { side, open, close, volumeRatio, pValue, intervalMs } = judged
  const outcome = judged[side]
  return {
    code: 'anomaly',
    side,
    actual: outcome.actual,
    expected: outcome.expected,
    absoluteError: outcome.absoluteError,
    edge: isPastRange(side, outcome) ? edge(side, outcome) : null,
    change: close / open - 1,
    // Where no volume is usual there is no ratio, and JSON has no number for it.
    volumeRatio: Number.isFinite(volumeRatio) ? volumeRatio : null,
    pValue,
    intervalMs,
    ...agreement(judged),
  }
}

function ordinary({ high, low, side, pValue, intervalMs }: Judged): Reason {
  const outcomes = { high, low }
  const widestFirst = side === 'low' ? (['low', 'high'] as const) : (['high', 'low'] as const)
  const past = widestFirst.find(one => isPastRange(one, outcomes[one]))
  if (!past) return { code: 'within-range', high: high.actual, low: low.actual }
  const { actual } = outcomes[past]
  return { code: 'past-range', side: past, actual, edge: edge(past, outcomes[past]), pValue, intervalMs }
}

const edge = (side: 'high' | 'low', outcome: PriceOutcome) => (side === 'low' ? outcome.lower : outcome.upper)

/** How many other detectors see the bar, and to which of them it is rarest. */
function agreement({ by, opinions }: Judged) {
  const others = opinions.filter(({ id }) => id !== by)
  const agreeing = others.filter(({ pValue }) => pValue <= agreesAt).sort((a, b) => a.pValue - b.pValue)
  const [rarest] = agreeing
  return {
    others: others.length,
    agreeing: agreeing.length,
    clearest: rarest ? { id: rarest.id, pValue: rarest.pValue } : null,
  }
}
