import { msOf } from './time.ts'
import type { Ms, PriceOutcome, Verdict } from './types.ts'

/** True for a verdict that people are notified of: an anomaly of the market, or a fault of the feed. */
export function isAlarm({ status }: Pick<Verdict, 'status'>): boolean {
  return status === 'anomaly' || status === 'feed-fault'
}

/** The id of a model in verdicts, snapshots and the API: `btc-usd-1h@2021-01-01-0a1b2c3d`. */
export function modelId({ name, version }: Verdict['model']): string {
  return `${name}@${version}`
}

/** When the bar is expected to open that the verdict's forecast is made for, UTC; null without one. */
export function nextOpenOf({ next }: Pick<Verdict, 'next'>): Ms | null {
  return next && msOf(next.date)
}

/** The price that the verdict is about; null where there was no forecast. */
export function spokenOf({ side, ...verdict }: Pick<Verdict, 'side' | 'high' | 'low'>): {
  readonly side: 'high' | 'low'
  readonly outcome: PriceOutcome
} | null {
  const outcome = side && verdict[side]
  return side && outcome ? { side, outcome } : null
}

/** Signed distance of that price from what was expected, as a share; null without a forecast. */
export function sizeOf(verdict: Pick<Verdict, 'side' | 'high' | 'low'>): number | null {
  const spoken = spokenOf(verdict)
  return spoken && (spoken.outcome.actual - spoken.outcome.expected) / spoken.outcome.expected
}

/** On the side where a bar is wild, not where it is narrow. */
export function isPastRange(side: 'high' | 'low', { actual, lower, upper }: PriceOutcome): boolean {
  return side === 'low' ? actual < lower : actual > upper
}

/** Rarer than this to a detector, and it sees the bar too. */
export const agreesAt = 0.01

/** How many of the detectors that were asked see the bar, including the one that decides. */
export interface Agreement {
  readonly seenBy: number
  /** 0 for a bar that no detector judged: after a gap, or in a feed that stands still. */
  readonly detectors: number
}

export function agreementOf({ detectors }: Pick<Verdict, 'detectors'>): Agreement {
  const seeing = detectors.filter(({ pValue, share }) => share > 0 || pValue <= agreesAt)
  return { seenBy: seeing.length, detectors: detectors.length }
}
