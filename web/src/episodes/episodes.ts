import type { Lane, Ms, Severity, Verdict } from '@candlewatch/core/types'
import type { Candle } from '../state/tape.ts'
import type { MarkKind } from './marks.ts'
import { spokenOf } from './outcome.ts'

/** A row of `GET /api/episodes`. */
export interface Episode {
  readonly id: string
  readonly lane: Lane
  readonly start: string
  readonly peak: string
  readonly end: string
  /** null while it may go on. */
  readonly recovered: string | null
  readonly alarms: number
  readonly severity: Severity
  readonly pValue: number
  readonly because: string
}

/** What the log has a row for: an episode, or a fault of the feed, which is one bar. Times are opens. */
export interface Entry {
  /** Of its first bar: what a link names it by. */
  readonly start: Ms
  readonly peak: Ms
  readonly end: Ms
  readonly isOver: boolean
  readonly kind: MarkKind
  readonly lane: Lane
  readonly alarms: number
  readonly pValue: number | null
  readonly because: string
  /** What was said of its peak; null when that bar is not in memory. */
  readonly verdict: Verdict | null
}

/** Newest first. `alarms` are the anomalies and faults in memory, `older` what was said of bars before those. */
export function entriesOf(
  episodes: readonly Episode[],
  alarms: readonly Candle[],
  older: ReadonlyMap<number, Verdict> = new Map(),
): Entry[] {
  const verdicts = new Map(alarms.map(({ at, verdict }) => [at, verdict]))
  const known = episodes.map((episode): Entry => {
    const [start, peak, end] = [episode.start, episode.peak, episode.end].map(date => Date.parse(date) as Ms)
    const { severity, lane, alarms, pValue, because, recovered } = episode
    const verdict = verdicts.get(peak!) ?? older.get(peak!) ?? null
    return {
      start: start!,
      peak: peak!,
      end: end!,
      isOver: recovered !== null,
      kind: severity,
      lane,
      alarms,
      pValue,
      because,
      verdict,
    }
  })
  const faults = alarms.flatMap(({ at, verdict }): Entry[] =>
    verdict?.status === 'feed-fault'
      ? [
          {
            start: at,
            peak: at,
            end: at,
            isOver: true,
            kind: 'fault',
            lane: 'feed',
            alarms: 1,
            pValue: verdict.pValue,
            because: verdict.because,
            verdict,
          },
        ]
      : [],
  )
  return [...known, ...faults].sort((a, b) => b.start - a.start)
}

/** Those that were known, those that came: what came replaces all from its first start on. */
export function joinEpisodes(
  known: readonly Episode[],
  came: readonly Episode[],
  from: string | null,
): readonly Episode[] {
  return from === null ? came : [...known.filter(({ start }) => start < from), ...came]
}

/** Signed distance of the price that gave it away from what was expected, as a share; null without a forecast. */
export function sizeOf(verdict: Verdict | null): number | null {
  const out = verdict && spokenOf(verdict)?.outcome
  return out ? (out.actual - out.expected) / out.expected : null
}

// As the sentence counts: rarer than this to a detector, and it sees the bar too.
const agreesAt = 0.01

/** How many detectors see it, the one that decides included. */
export function agreement(verdict: Verdict | null): { readonly seen: number; readonly of: number } | null {
  if (!verdict || verdict.detectors.length === 0) return null
  const seen = verdict.detectors.filter(({ pValue, share }) => share > 0 || pValue <= agreesAt).length
  return { seen, of: verdict.detectors.length }
}

/** `once in 3 weeks`: a p-value as a trader would say it. */
export function rarity(pValue: number | null, intervalMs: number): string {
  if (pValue === null || pValue <= 0) return '–'
  const days = intervalMs / pValue / 86_400_000
  if (days >= 13.5) return `once in ${Math.round(days / 7)} weeks`
  return days >= 1.5 ? `once in ${Math.round(days)} days` : `1 bar of ${Math.round(1 / pValue)}`
}
