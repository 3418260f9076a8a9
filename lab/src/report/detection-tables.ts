import { type InjectionKind, injectionKinds } from '@candlewatch/core/eval/inject-kinds'
import type { DetectionReport, DetectorReport, InjectionScore } from '../detection/detection-report.ts'
import { marksText } from '../detection/marks.ts'
import type { Table } from './tables.ts'

/** What was promised and what came, and what it was held against. */
export function detectionHeading({ labels, marks, ...of }: DetectionReport): string {
  const rate = `${of.alarms} episodes, ${two(of.alarmsPerWeek)} a week where ${of.promisedPerWeek} was promised`
  const over = of.realisedOverPromised === null ? '' : ` (${two(of.realisedOverPromised)} ×)`
  if (labels === null) return `${rate}${over}. No --labels were given, so neither recall nor precision is known.`
  const left = labels.leftOut > 0 ? `; ${labels.leftOut} more lie outside the rows judged` : ''
  const when = labels.from && labels.to ? ` from ${labels.from.slice(0, 10)} to ${labels.to.slice(0, 10)}` : ''
  return (
    `${rate}${over}. Labels: ${labels.judged} events of ${labels.file}${when}, ${labels.tier1} of them of tier 1${left}. ` +
    `An episode where nobody labelled anything counts as wrong.${marks ? ` ${marksText(marks)}` : ''}`
  )
}

/** Under the detection tables, what their words mean. */
export const detectionLegend =
  'An episode is one or more alarms within six hours of one another; it meets an event when they lie less than an hour apart. ' +
  'Thresholds and p-values come from the bars before alone. 95 %: by resampling calendar weeks. Delay: from an event’s start to ' +
  'the open of the first bar that alarmed. AP: average precision over all thresholds, bars inside labelled events positive. ' +
  'Faults are written over copies of the rows, one in 100 bars; found: above all but 0.1 % of the other bars.'

export function detectorTable({ detectors }: DetectionReport): Table {
  return {
    title: 'Detectors at the same budget, on past thresholds only',
    head: ['detector', 'episodes', 'a week', 'tier 1', 'recall', '95 %', 'precision', '95 %', 'delay h', 'AP'],
    rows: Object.values(detectors).map(of => [
      ...[of.name, String(of.episodes), two(of.alarmsPerWeek), share(of.recallTier1)],
      ...[share(of.recall), interval(of.recall95), share(of.precision), interval(of.precision95)],
      ...[of.medianDelayHours === null ? '–' : String(of.medianDelayHours), share(of.averagePrecision)],
    ]),
  }
}

export function episodeTable({ episodes, labels }: DetectionReport): Table {
  return {
    title: 'Episodes: how far the peak bar left its forecast, its high-low range, and what it met',
    head: ['start, UTC', 'last alarm', 'severity', 'lane', 'p', 'move %', 'range %', 'event'],
    rows: episodes.map(({ start, end, severity, lane, pValue, movePercent, rangePercent, matched }) => [
      ...[minute(start), minute(end), severity, lane, pValue.toPrecision(2)],
      movePercent === null ? '–' : `${movePercent < 0 ? '−' : '+'}${Math.abs(movePercent).toFixed(1)}`,
      rangePercent.toFixed(1),
      labels === null ? '?' : (matched?.slice(0, 24) ?? 'none'),
    ]),
  }
}

export function rateTable({ rateByMonth }: DetectionReport): Table {
  return {
    title: 'Alarms by month against the promise',
    head: ['month', 'bars', 'episodes', 'a week', 'promised', 'bars with p ≤ 1 %'],
    rows: Object.entries(rateByMonth).map(([month, of]) => [
      ...[month, of.bars.toLocaleString('en-US'), String(of.episodes), two(of.perWeek), String(of.promisedPerWeek)],
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
  'bad tick': 'bad tick',
}

/** Kinds of fault as a narrow column names them. */
export const injectionHeads = injectionKinds.map(kind => heads[kind])

/** Each detector's share found of each kind, in the order of `injectionKinds`; none where too few rows were there to inject into. */
export function injectionRecalls({ detectors }: DetectionReport, withoutCrashes: boolean) {
  return Object.values(detectors).flatMap(({ name, injections }) => {
    if (injections === null || injectionKinds.every(kind => injections[kind].injected === 0)) return []
    const of = (kind: InjectionKind): InjectionScore =>
      withoutCrashes ? injections[kind].withoutCrashes : injections[kind]
    return [{ name, scores: injectionKinds.map(of) }]
  })
}

/** Recall and average precision, each with real events among the negatives and without; no tables without faults. */
export function injectionTables(report: DetectionReport): Table[] {
  return (['recallAt001', 'averagePrecision'] as const).flatMap(figure =>
    [false, true].flatMap(withoutCrashes => {
      const found = injectionRecalls(report, withoutCrashes)
      if (found.length === 0) return []
      const told = figure === 'recallAt001' ? 'found at a false-alarm rate of 0.1 %' : 'average precision'
      const title = `Injected faults, ${told}: ${withoutCrashes ? 'real events left out' : 'real events among the negatives'}`
      const rows = found.map(({ name, scores }) => {
        const values = scores.map(score => score[figure])
        return [name, ...values.map(share), share(meanOf(values))]
      })
      return [{ title, head: ['detector', ...injectionHeads, 'mean'], rows }]
    }),
  )
}

/** What the engine itself said of the faults; null where none were injected. */
export function engineFaultTable({ engineFaults: { barsWithoutFaults, byKind } }: DetectionReport): Table | null {
  const kinds = injectionKinds.map(kind => byKind[kind])
  if (kinds.every(({ injected }) => injected === 0)) return null
  const line = (name: string, values: readonly (number | null)[]) => [name, ...values.map(share), share(meanOf(values))]
  return {
    title: `Injected faults, the engine at its own thresholds; without them it speaks of ${(100 * barsWithoutFaults).toFixed(2)} % of bars`,
    head: ['what it said', ...injectionHeads, 'mean'],
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
