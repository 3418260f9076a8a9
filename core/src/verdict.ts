import type { PriceOutcome, Verdict } from './types.ts'

/** True for a verdict that somebody is told of: an anomaly of the market, or a fault of the feed. */
export function isAlarm({ status }: Pick<Verdict, 'status'>): boolean {
  return status === 'anomaly' || status === 'feed-fault'
}

/** The id of a model in verdicts, snapshots and the API: `btc-usd-1h@2021-01-01-0a1b2c3d`. */
export function modelId({ name, version }: Verdict['model']): string {
  return `${name}@${version}`
}

/** The price that the verdict speaks of; null where there was no forecast. */
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

/** How many of those that were asked see the bar, whoever decides included. */
export interface Agreement {
  readonly seenBy: number
  /** 0 of a bar that nobody was asked about: after a gap, in a feed that stands still. */
  readonly detectors: number
}

export function agreementOf({ detectors }: Pick<Verdict, 'detectors'>): Agreement {
  const seeing = detectors.filter(({ pValue, share }) => share > 0 || pValue <= agreesAt)
  return { seenBy: seeing.length, detectors: detectors.length }
}
