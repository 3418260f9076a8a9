import { type InjectionKind, injectionKinds } from '@candlewatch/core/eval/inject-kinds'
import type { DetectionReport, DetectorReport, InjectionScore } from '../detection/detection-report.ts'
import { marksText } from '../detection/marks.ts'
import type { Table } from './tables.ts'

/** Compares the alarms with the budget and names the labels, in one paragraph. */
export function detectionHeading({ labels, marks, ...of }: DetectionReport): string {
  const rate = `${of.alarms} episodes, ${two(of.alarmsPerWeek)} per week with a budget of ${of.promisedPerWeek}`
  const over = of.realisedOverPromised === null ? '' : ` (${two(of.realisedOverPromised)} ×)`
  if (labels === null) return `${rate}${over}. Without --labels, recall and precision are not known.`
  const left = labels.leftOut > 0 ? `; ${labels.leftOut} more are outside the rows judged` : ''
  const when = labels.from && labels.to ? ` from ${labels.from.slice(0, 10)} to ${labels.to.slice(0, 10)}` : ''
  return (
    `${rate}${over}. Labels: ${labels.judged} events of ${labels.file}${when}, ${labels.tier1} of them of tier 1${left}. ` +
    `An episode that matches no label counts as wrong.${marks ? ` ${marksText(marks)}` : ''}`
  )
}

/** Explains the terms of the detection tables. */
export const detectionLegend =
  'An episode is one or more alarms near one another (up to 2.8 a week: within six hours); it matches an event that is less than an hour away. ' +
  'Levels and p-values come from earlier bars only. 95 %: interval by resampling calendar weeks. Delay: from the start of an event ' +
  'to the open of the first alarming bar. AP: average precision over all levels; bars inside labelled events are positive. ' +
  'Faults are injected into copies of the rows, one per 100 bars; found: scored above 99.9 % of the other bars.'

/** Compares the detectors with one another. */
export function detectorTable({ detectors }: DetectionReport): Table {
  return {
    title: 'Detectors at the same budget, with levels from earlier bars only',
    head: ['detector', 'episodes', 'per week', 'tier 1', 'recall', '95 %', 'precision', '95 %', 'delay h', 'AP'],
    rows: Object.values(detectors).map(of => [
      of.name,
      String(of.episodes),
      two(of.alarmsPerWeek),
      share(of.recallTier1),
      share(of.recall),
      interval(of.recall95),
      share(of.precision),
      interval(of.precision95),
      of.medianDelayHours === null ? '–' : String(of.medianDelayHours),
      share(of.averagePrecision),
    ]),
  }
}

/** Lists the episodes. */
export function episodeTable({ episodes, labels }: DetectionReport): Table {
  return {
    title: 'Episodes: distance of the peak bar from its forecast, its high-low range, and the event it matches',
    head: ['start, UTC', 'last alarm', 'severity', 'lane', 'p', 'move %', 'range %', 'event'],
    rows: episodes.map(({ start, end, severity, lane, pValue, movePercent, rangePercent, matched }) => [
      minute(start),
      minute(end),
      severity,
      lane,
      pValue.toPrecision(2),
      movePercent === null ? '–' : `${movePercent < 0 ? '−' : '+'}${Math.abs(movePercent).toFixed(1)}`,
      rangePercent.toFixed(1),
      labels === null ? '?' : (matched?.slice(0, 24) ?? 'none'),
    ]),
  }
}

/** Compares each month with the budget. */
export function rateTable({ rateByMonth }: DetectionReport): Table {
  return {
    title: 'Alarms by month compared with the budget',
    head: ['month', 'bars', 'episodes', 'per week', 'budget', 'bars with p ≤ 1 %'],
    rows: Object.entries(rateByMonth).map(([month, of]) => [
      month,
      of.bars.toLocaleString('en-US'),
      String(of.episodes),
      two(of.perWeek),
      String(of.promisedPerWeek),
      of.barsBelow1Percent === null ? '–' : `${(100 * of.barsBelow1Percent).toFixed(2)} %`,
    ]),
  }
}

const heads: Readonly<Record<InjectionKind, string>> = {
  spike: 'spike',
  wick: 'wick',
  'level shift': 'shift',
  'volatility burst': 'burst',
  'volume spike': 'volume',
  'flat line': 'flat',
  repeat: 'repeat',
  break: 'break',
  'bad tick': 'bad tick',
}

/** Names of the kinds of fault for narrow columns. */
export const injectionHeads = injectionKinds.map(kind => heads[kind])

/** Returns each detector's scores by kind, in the order of `injectionKinds`; empty if there were too few rows to inject into. */
export function injectionRecalls({ detectors }: DetectionReport, withoutCrashes: boolean) {
  return Object.values(detectors).flatMap(({ name, injections }) => {
    if (injections === null || injectionKinds.every(kind => injections[kind].injected === 0)) return []
    const of = (kind: InjectionKind): InjectionScore =>
      withoutCrashes ? injections[kind].withoutCrashes : injections[kind]
    return [{ name, scores: injectionKinds.map(of) }]
  })
}

/** Shows recall and average precision, with and without real events among the negatives; no tables without faults. */
export function injectionTables(report: DetectionReport): Table[] {
  return (['recallAt001', 'averagePrecision'] as const).flatMap(figure =>
    [false, true].flatMap(withoutCrashes => {
      const found = injectionRecalls(report, withoutCrashes)
      if (found.length === 0) return []
      const what = figure === 'recallAt001' ? 'found at a false-alarm rate of 0.1 %' : 'average precision'
      const title = `Injected faults, ${what}: ${withoutCrashes ? 'real events left out' : 'real events among the negatives'}`
      const rows = found.map(({ name, scores }) => {
        const values = scores.map(score => score[figure])
        return [name, ...values.map(share), share(meanOf(values))]
      })
      return [{ title, head: ['detector', ...injectionHeads, 'mean'], rows }]
    }),
  )
}

/** Shows what the engine itself finds of the faults; null if none were injected. */
export function engineFaultTable({ engineFaults: { barsWithoutFaults, byKind } }: DetectionReport): Table | null {
  const kinds = injectionKinds.map(kind => byKind[kind])
  if (kinds.every(({ injected }) => injected === 0)) return null
  const line = (name: string, values: readonly (number | null)[]) => [name, ...values.map(share), share(meanOf(values))]
  return {
    title: `Injected faults, the engine at its own levels; without faults it alarms on ${(100 * barsWithoutFaults).toFixed(2)} % of bars`,
    head: ['verdict', ...injectionHeads, 'mean'],
    rows: [
      line(
        'alarm or feed fault',
        kinds.map(({ found }) => found),
      ),
      line(
        'feed fault',
        kinds.map(({ asFault }) => asFault),
      ),
    ],
  }
}

/** All tables of the detection half. */
export const allDetectionTables = (report: DetectionReport): Table[] => [
  detectorTable(report),
  rateTable(report),
  ...[engineFaultTable(report)].filter(table => table !== null),
  ...injectionTables(report),
  ...(report.episodes.length > 0 ? [episodeTable(report)] : []),
]

const two = (x: number) => x.toFixed(2)
const share = (x: number | null) => (x === null ? '–' : x.toFixed(2))
const minute = (date: string) => date.slice(0, 16).replace('T', ' ')

function interval(of: DetectorReport['recall95']): string {
  if (of === null) return '–'
  return [of.lower, of.upper].map(x => (100 * x).toFixed(0)).join('–')
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter(value => value !== null)
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length
}
