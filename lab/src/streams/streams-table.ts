import type { FaultKind } from '@candlewatch/api/verdict'
import type { Table } from '../report/tables.ts'
import { aligned, markdown, wrapped } from '../report/text.ts'
import type { JudgedFiles, Trouble } from './judge-files.ts'
import type { MarketWideFigures, PriceFigures, StreamFigures } from './stream-figures.ts'

/** A table of streams, for all outputs. */
export interface StreamsReport extends JudgedFiles {
  /** The budget of the run, alarms a week. */
  readonly alarmsPerWeek: number
}

/** Explains the columns. */
export const streamsLegend =
  'judged: share of bars with a verdict, after those in which an engine that begins with nothing warms up. faults/wk: feed faults a week. ' +
  'high, low: mean absolute error of the model over that of the better of two naive forecasts, with its 95 % interval by resampling ' +
  'calendar weeks; below 1 = better than both. in 90 %: share of outcomes inside the range, mean of high and low; opens: the same over ' +
  'the first bars after an absence. naive: share of bars that the naive forecast drives. r/p: realised over promised alarms, market ' +
  'alarms and suspicious rows together, at each budget a week. levels: all if each bar alarmed exactly when it ' +
  'reached a price known before, else how many did not. alarms, rows: market alarms and suspicious rows a week. disp.: variance ' +
  'over mean of the alarms of calendar months; 1 = at random. wide: share of moves of the whole market that the alarms found; control: ' +
  'the same for moves over their own mean, without a model, at the same budget.'

/** Makes the table, a row a stream, with the totals of the streams that the whole market is compared over. */
export function streamsTable({ streams, alarmsPerWeek }: StreamsReport): Table {
  const budgets = streams[0]?.budgets.map(({ promisedPerWeek }) => promisedPerWeek) ?? []
  return {
    title: `${streams.length === 1 ? '1 stream' : `${streams.length} streams`}, budget ${alarmsPerWeek} a week`,
    head: [
      'stream',
      'bars',
      'judged',
      'faults/wk',
      'high',
      '95 %',
      'low',
      '95 %',
      'in 90 %',
      'opens',
      'naive',
      ...budgets.map(budget => `r/p ${budget}`),
      'levels',
      'alarms',
      'rows',
      'disp.',
      'wide',
      'control',
    ],
    rows: streams.map(rowOf),
  }
}

function rowOf(stream: StreamFigures): string[] {
  const { high, low, marketWide } = stream
  return [
    streamName(stream),
    stream.bars.toLocaleString('en-US'),
    percent(stream.judgedShare),
    number(
      Object.values(stream.faultsPerWeek).reduce((sum, count) => sum + count, 0),
      2,
    ),
    ...[high, low].flatMap(price => [number(price?.ratio, 3), intervalOf(price)]),
    percent(meanOf(high?.coverage90, low?.coverage90)),
    percent(meanOf(high?.openingCoverage90, low?.openingCoverage90)),
    percent(stream.naiveShare),
    ...stream.budgets.map(({ realisedOverPromised }) => number(realisedOverPromised, 2)),
    stream.levels.broken === 0 ? 'all' : `−${stream.levels.broken}`,
    number(stream.alarmsPerWeek, 2),
    number(stream.suspiciousPerWeek, 2),
    number(stream.dispersion, 2),
    marketWide ? number(marketWide.found / Math.max(1, marketWide.events), 3) : '–',
    marketWide ? number(marketWide.foundByControl / Math.max(1, marketWide.events), 3) : '–',
  ]
}

/** Names a stream by its market and interval. */
export function streamName({ market, interval }: Pick<StreamFigures, 'market' | 'interval'>): string {
  return `${market}@${interval}`
}

/** Shows the feed faults a week of each kind that was found. */
export function faultsTable({ streams }: StreamsReport): Table {
  const kinds = [...new Set(streams.flatMap(({ faultsPerWeek }) => Object.keys(faultsPerWeek) as FaultKind[]))].sort()
  return {
    title: kinds.length === 0 ? 'Feed faults a week: none' : 'Feed faults a week',
    head: ['stream', ...kinds],
    rows: streams.map(stream => [streamName(stream), ...kinds.map(kind => number(stream.faultsPerWeek[kind] ?? 0, 2))]),
  }
}

function intervalOf(price: PriceFigures | null): string {
  return price?.interval95 ? `${number(price.interval95.lower, 3)}–${number(price.interval95.upper, 3)}` : '–'
}

/** The mean of two shares; null unless both are known. */
export function meanOf(a: number | null | undefined, b: number | null | undefined): number | null {
  return a == null || b == null ? null : (a + b) / 2
}

const number = (x: number | null | undefined, digits: number) => (x == null ? '–' : x.toFixed(digits))
const percent = (x: number | null) => (x === null ? '–' : `${(100 * x).toFixed(1)} %`)

/** What the streams that are compared with the whole market bring together; null without such streams. */
export function marketWideTotals(streams: readonly StreamFigures[]) {
  const compared = streams.flatMap(stream => (stream.marketWide ? [{ ...stream, marketWide: stream.marketWide }] : []))
  if (compared.length === 0) return null
  const sum = (of: (wide: MarketWideFigures) => number) =>
    compared.reduce((total, { marketWide }) => total + of(marketWide), 0)
  const mean = (of: (stream: (typeof compared)[number]) => number) =>
    compared.reduce((total, stream) => total + of(stream), 0) / compared.length
  const events = sum(({ events: count }) => count)
  return {
    streams: compared.length,
    events,
    recall: events === 0 ? null : sum(({ found }) => found) / events,
    recallOfControl: events === 0 ? null : sum(({ foundByControl }) => foundByControl) / events,
    alarmsPerWeek: mean(({ alarmsPerWeek, suspiciousPerWeek }) => alarmsPerWeek + suspiciousPerWeek),
    controlPerWeek: mean(({ marketWide: { controlPerWeek } }) => controlPerWeek),
    dispersion: mean(({ dispersion }) => dispersion ?? Number.NaN),
  }
}

/** Writes the totals as a sentence; null without streams to compare. */
export function totalsText(streams: readonly StreamFigures[]): string | null {
  const totals = marketWideTotals(streams)
  if (totals === null) return null
  const { streams: count, events, recall, recallOfControl, alarmsPerWeek, controlPerWeek, dispersion } = totals
  return (
    `Moves of the whole market, over ${count} streams: ${events} events; found ${number(recall, 3)} of them with ` +
    `${alarmsPerWeek.toFixed(2)} alarms and suspicious rows a week, by the control without a model ${number(recallOfControl, 3)} ` +
    `with ${controlPerWeek.toFixed(2)}; mean dispersion ${dispersion.toFixed(2)}.`
  )
}

/** Writes where each stream's rows and forecasts come from. */
export function sourcesTable({ streams }: StreamsReport): Table {
  return {
    title: 'Rows and models',
    head: ['stream', 'file', 'from', 'to', 'model', 'compared with, high', 'low'],
    rows: streams.map(stream => [
      streamName(stream),
      stream.file,
      stream.from,
      stream.to,
      stream.model,
      stream.high?.against ?? '–',
      stream.low?.against ?? '–',
    ]),
  }
}

/** Writes the report for a terminal: a line a stream, however long. */
export function streamsText(report: StreamsReport): string {
  return textParts(report, aligned, wrapped).join('\n\n')
}

/** Writes the report as Markdown. */
export function streamsMarkdown(report: StreamsReport): string {
  return `${textParts(report, markdown, text => text).join('\n\n')}\n`
}

function textParts(report: StreamsReport, write: (table: Table) => string, lines: (text: string) => string): string[] {
  const totals = totalsText(report.streams)
  return [
    ...(report.streams.length === 0 ? [] : [write(streamsTable(report))]),
    ...(totals === null ? [] : [lines(totals)]),
    ...(report.streams.length === 0
      ? []
      : [write(faultsTable(report)), write(sourcesTable(report)), lines(streamsLegend)]),
    ...report.troubles.map(trouble => lines(troubleText(trouble))),
  ]
}

/** Says which file was not judged, and why. */
export function troubleText(trouble: Trouble): string {
  return `NOT JUDGED: ${trouble.code}: ${namedIn(trouble)}`
}

/** The message, with the file in front unless it begins with it. */
export function namedIn({ file, message }: Trouble): string {
  return message.startsWith(file) ? message : `${file}: ${message}`
}

/** Writes the numbers as JSON, with six digits. */
export function streamsJson(report: StreamsReport): string {
  const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(6)) : value)
  return `${JSON.stringify({ ...report, marketWide: marketWideTotals(report.streams) }, rounded, 2)}\n`
}
