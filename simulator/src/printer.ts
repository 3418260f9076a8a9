import { styleText } from 'node:util'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import type { Clock } from '@candlewatch/core/clock'
import { isoDate } from '@candlewatch/core/interval'
import { hourMs, minuteMs, openOf, secondMs } from '@candlewatch/core/time'
import type { Bar, Ms } from '@candlewatch/core/types'
import { isAlarm } from '@candlewatch/core/verdict'

/** Prints what the user reads. */
export interface Printer {
  line(text: string): void
  /** Prints a line for the row unless too many came just before it; an alarm is always printed. `posted` counts rows from 1. */
  verdict(verdict: Verdict, posted: number, total: number): void
  failure(bar: Bar, intervalMs: Ms, why: string): void
}

/** The settings of a printer. */
export interface PrinterParts {
  write(text: string): void
  readonly clock: Clock
  readonly colours: boolean
}

/** Five lines a second. More can't be read, and a fast replay would spend its time printing. */
const leastGapMs = 200

/** Makes a printer for a terminal or a file. */
export function makePrinter({ write, clock, colours }: PrinterParts): Printer {
  let printedMs = -Infinity
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(format, text, { validateStream: false }) : text

  return {
    line: text => write(`${text}\n`),
    verdict(verdict, posted, total) {
      const loud = isAlarm(verdict)
      const now = clock.now()
      if (!loud && posted < total && now - printedMs < leastGapMs) return
      printedMs = now
      const line = rowLine(verdict, posted, total)
      write(`${verdict.status === 'warming-up' ? style('dim', line) : line}\n`)
      if (!loud) return
      const anomaly = verdict.status === 'anomaly'
      const label = anomaly ? `ANOMALY ${verdict.severity ?? ''}`.trimEnd() : 'FEED FAULT'
      write(`${style(anomaly ? ['bold', 'red'] : ['bold', 'yellow'], `  >>> ${label}: ${verdict.because}`)}\n`)
    },
    failure(bar, intervalMs, why) {
      write(`${style('red', `${shortDate(isoDate(openOf(bar, intervalMs)))}  refused: ${why}`)}\n`)
    },
  }
}

function rowLine({ date, bar, high, pValue, status }: Verdict, posted: number, total: number): string {
  const forecast = high ? `high ${money(high.actual)} of ${money(high.expected)} expected` : `high ${money(bar.high)}`
  const p = pValue === null ? status : `p ${pValue < 0.0001 ? pValue.toExponential(0) : pValue.toFixed(4)}`
  const share = ((100 * posted) / total).toFixed(1)
  const progress = `${String(posted).padStart(String(total).length)}/${total}  ${share.padStart(5)} %`
  return [shortDate(date), `close ${money(bar.close)}`, forecast.padEnd(40), p.padEnd(10), progress].join('  ')
}

/** Shortens a date to minutes, on which bars open: `2021-05-19T12:00Z`. */
export function shortDate(date: string): string {
  return date.replace(':00Z', 'Z')
}

const units = [
  ['h', hourMs],
  ['m', minuteMs],
  ['s', secondMs],
] as const

/** Formats a duration in the largest unit that fits: 90,000 is `1.5m`, 0 is `0`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0'
  for (const [unit, unitMs] of units) if (ms >= unitMs) return `${ms / unitMs}${unit}`
  return `${ms}ms`
}

const formats = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const money = (value: number) => formats.format(value).padStart(10)
