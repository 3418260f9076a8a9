import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import type { Clock } from '@candlewatch/core/clock'

/** The last line of `--once`. Errors are those of the high, in quote currency, rounded to cents; null if nothing was forecast. */
export interface Summary {
  /** Rows sent in this run; a row that was sent again counts once. */
  readonly posted: number
  readonly answered: number
  readonly failed: number
  readonly anomalies: number
  readonly feedFaults: number
  readonly maeHigh: number | null
  readonly maeBaseline: number | null
  readonly seconds: number
  readonly rowsPerSecond: number
  readonly source: string
}

/** Counts answers. */
export interface Tally {
  answered(verdicts: readonly Verdict[]): void
  failed(): void
  summary(): Summary
}

/** Makes a tally whose clock starts now. */
export function makeTally(source: string, clock: Clock): Tally {
  const startMs = clock.now()
  let answered = 0
  let failed = 0
  let anomalies = 0
  let feedFaults = 0
  let forecasts = 0
  let errorSum = 0
  let baselineSum = 0
  return {
    answered(verdicts) {
      for (const { status, high } of verdicts) {
        answered += 1
        if (status === 'anomaly') anomalies += 1
        if (status === 'feed-fault') feedFaults += 1
        if (!high) continue
        forecasts += 1
        errorSum += Math.abs(high.actual - high.expected)
        baselineSum += Math.abs(high.actual - high.baseline)
      }
    },
    failed() {
      failed += 1
    },
    summary() {
      const seconds = (clock.now() - startMs) / 1_000
      const posted = answered + failed
      return {
        posted,
        answered,
        failed,
        anomalies,
        feedFaults,
        maeHigh: forecasts === 0 ? null : rounded(errorSum / forecasts),
        maeBaseline: forecasts === 0 ? null : rounded(baselineSum / forecasts),
        seconds: rounded(seconds),
        rowsPerSecond: seconds > 0 ? rounded(posted / seconds) : 0,
        source,
      }
    },
  }
}

const rounded = (value: number) => Math.round(value * 100) / 100

/** The line that is printed when there is nothing more to post. */
export function ending(outcome: 'finished' | 'stopped', summary: Summary, page: string): string {
  const { answered, failed, anomalies, feedFaults } = summary
  const how = outcome === 'finished' ? 'finished' : 'stopped from the page'
  const counts = `${answered} rows answered, ${failed} failed, ${anomalies} anomalies, ${feedFaults} feed faults`
  return `Replay ${how}: ${counts}. The page stays available at ${page} until Ctrl-C stops everything.`
}
