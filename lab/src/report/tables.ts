import type { ReportCard } from './card.ts'
import type { Difference, ForecastReport, PriceReport, Score } from './report.ts'

/** A table for any of the outputs. The first column is aligned left, the others right. */
export interface Table {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const names: Readonly<Record<string, string>> = {
  naive: 'naive: close × (1 ± k·EWMA of range), 3',
  scaledMove: 'close × (1 ± k·EWMA of move), 12',
  trailingMedian: 'close × median move of 96',
  lastHigh: 'last high',
  lastLow: 'last low',
  lastClose: 'last close',
}

/** Explains the terms of the accuracy tables. */
export const legend =
  'Errors are in quote currency, MAPE in percent. "× naive" is the MAE divided by that of the naive forecast. The 95 % interval is that ' +
  'of the difference in absolute error to the naive forecast, by resampling calendar weeks (2,000 draws): below zero = better than naive.'

/** Makes a table of the high and one of the low for each year, and for all rows if there is more than one year. */
export function accuracyTables({ byPeriod, forecast, rows }: ReportCard): Table[] {
  const all = byPeriod.length > 1 ? [{ period: 'All rows', rows, forecast }] : []
  return [...byPeriod, ...all].flatMap(({ period, rows: count, forecast: of }) =>
    (['high', 'low'] as const).map(price => accuracyTable(`${period}, ${price}: ${grouped(count)} rows`, of[price])),
  )
}

function accuracyTable(title: string, price: PriceReport): Table {
  const line = (name: string, s: Score) => [
    s.rows < price.rows ? `${name} (${grouped(s.rows)} rows)` : name,
    money(s.mae),
    s.mape.toFixed(3),
    money(s.rmse),
    s.ratio.toFixed(4),
    s === price.baselines.naive ? '–' : interval(s.lessNaive, price.mae),
  ]
  return {
    title,
    head: ['forecaster', 'MAE', 'MAPE %', 'RMSE', '× naive', '95 % interval'],
    rows: [
      line('engine: model with the skill gate', price),
      line('model alone', price.model),
      ...Object.entries(price.baselines).map(([id, s]) => line(names[id] ?? id, s)),
      ...Object.entries(price.peers).map(([name, s]) => line(`peer ${name}`, s)),
    ],
  }
}

/** Compares the model's error with each peer's; null without peers. */
export function peerTable({ byPeriod, forecast, rows }: ReportCard): Table | null {
  const line = (period: string, of: ForecastReport) =>
    (['high', 'low'] as const).flatMap(price =>
      Object.entries(of[price].peers).map(([name, { modelLessPeer }]) => [
        `${period}, ${price}: model − ${name}`,
        grouped(modelLessPeer.rows),
        signed(modelLessPeer.mean, of[price].mae),
        interval(modelLessPeer, of[price].mae),
      ]),
    )
  const all = byPeriod.length > 1 ? [{ period: 'All', rows, forecast }] : []
  const lines = [...byPeriod, ...all].flatMap(period => line(period.period, period.forecast))
  const head = ['difference in absolute error', 'rows', 'mean', '95 % interval']
  return lines.length === 0
    ? null
    : { title: 'Comparison with peers (below zero: the model is better)', head, rows: lines }
}

/** Shows how many outcomes were inside the 90 % range and which forecaster was the driver, by year and in total. */
export function rangeTable({ byPeriod, forecast, rows }: ReportCard): Table {
  const line = (period: string, count: number, { high, low, drivers }: ForecastReport) => [
    period,
    percent(high.coverage90),
    percent(low.coverage90),
    grouped(drivers.model),
    grouped(drivers.naive),
    percent(drivers.model / count),
  ]
  const all = byPeriod.length > 1 ? [line('All rows', rows, forecast)] : []
  return {
    title: 'Outcomes inside the 90 % range, and bars by driver',
    head: ['period', 'high', 'low', 'model', 'naive', 'model’s share'],
    rows: [...byPeriod.map(p => line(p.period, p.rows, p.forecast)), ...all],
  }
}

/** Shows coverage and error by month. */
export function monthTable({ months }: ReportCard): Table {
  return {
    title: 'By month: outcomes inside the 90 % range, and the model’s MAE compared with naive',
    head: ['month', 'rows', 'inside, high', 'inside, low', '× naive, high', '× naive, low'],
    rows: months.map(({ month, rows, high, low }) => [
      month,
      grouped(rows),
      percent(high.coverage90),
      percent(low.coverage90),
      ...[high, low].map(({ mae }) => (mae.model / mae.naive).toFixed(4)),
    ]),
  }
}

/** Names the model and the rows in one line. */
export function heading({ model, source, market, interval: step, from, to, rows, unjudged }: ReportCard): string {
  const silent = unjudged > 0 ? `; ${grouped(unjudged)} more had no forecast` : ''
  return `${model.name} ${model.version} on ${source} (${market}, ${step}), ${from} to ${to}: ${grouped(rows)} rows${silent}.`
}

const grouped = (count: number) => count.toLocaleString('en-US')
const percent = (share: number) => `${(100 * share).toFixed(1)} %`

/** Formats a price with two decimals, or with more for prices below 1; `size` is the price that sets the number of decimals. */
export function money(x: number, size = x): string {
  const decimals = size >= 1 || size <= 0 ? 2 : 2 - Math.floor(Math.log10(size)) + 1
  return x.toFixed(decimals)
}

function signed(x: number, size: number): string {
  return `${x < 0 ? '−' : '+'}${money(Math.abs(x), size)}`
}

function interval({ interval95 }: Difference, size: number): string {
  if (interval95 === null) return 'too few weeks'
  return `${signed(interval95.lower, size)} to ${signed(interval95.upper, size)}`
}
