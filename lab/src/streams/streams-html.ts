import { type ColumnChart, columnChart } from '../report/bar-charts.ts'
import { escapeHtml, type Line, lineChart } from '../report/charts.ts'
import { type DotChart, dotChart } from '../report/dot-chart.ts'
import { card, style, table } from '../report/page-parts.ts'
import type { PriceFigures, StreamFigures } from './stream-figures.ts'
import {
  faultsTable,
  meanOf,
  type StreamsReport,
  sourcesTable,
  streamName,
  streamsLegend,
  streamsTable,
  totalsText,
  troubleText,
} from './streams-table.ts'

/** Writes the report as one page that loads nothing else: charts as SVG, light or dark like the reader's system. */
export function streamsHtml(report: StreamsReport): string {
  const { streams, troubles } = report
  const totals = totalsText(streams)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${streams.length} streams</title>
<style>${style}</style>
<main>
<h1>${streams.length} streams</h1>
${troubles.map(trouble => `<p class="warning">${escapeHtml(troubleText(trouble))}</p>`).join('')}
${totals === null ? '' : `<p>${escapeHtml(totals)}</p>`}
${streams.length === 0 ? '' : figures(report)}
</main>
</html>
`
}

function figures(report: StreamsReport): string {
  const { streams } = report
  return `<div class="below">${table(streamsTable(report), 'dates')}</div>
<p class="soft">${escapeHtml(streamsLegend)}</p>
<h2>Forecast</h2>
<div class="grid-2">${errorChart(streams)}${coverageChart(streams)}</div>
<h2>Alarms</h2>
<div class="grid-2">${budgetChart(streams)}${monthChart(streams)}</div>
<h2>Feed faults, rows and models</h2>
<div class="grid-2 tables">${table(faultsTable(report), 'dates')}</div>
<div class="below">${table(sourcesTable(report), 'dates')}</div>`
}

const highLow = [
  { name: 'high', style: 'high' },
  { name: 'low', style: 'low' },
]

function errorChart(streams: readonly StreamFigures[]): string {
  const dotOf = (price: PriceFigures | null) => price && { value: price.ratio, interval95: price.interval95 }
  return dotCard({
    label: 'Error over that of the better naive forecast, by stream',
    series: highLow,
    rows: streams.map(stream => ({ name: streamName(stream), dots: [dotOf(stream.high), dotOf(stream.low)] })),
    rule: 1,
    format: value => value.toFixed(3),
  })
}

function coverageChart(streams: readonly StreamFigures[]): string {
  const dotOf = ({ high, low }: StreamFigures, of: 'coverage90' | 'openingCoverage90') => {
    const value = meanOf(high?.[of], low?.[of])
    return value === null ? null : { value, interval95: null }
  }
  return dotCard({
    label: 'Outcomes inside the 90 % range, by stream',
    series: [
      { name: 'all bars', style: 'high' },
      { name: 'opening bars', style: 'accent' },
    ],
    rows: streams.map(stream => ({
      name: streamName(stream),
      dots: [dotOf(stream, 'coverage90'), dotOf(stream, 'openingCoverage90')],
    })),
    rule: 0.9,
    format: value => `${(100 * value).toFixed(0)} %`,
  })
}

/** Empty without a dot. */
function dotCard(chart: DotChart): string {
  if (chart.rows.every(({ dots }) => dots.every(dot => dot === null))) return ''
  return card(
    chart.label,
    chart.series.map(series => ({ ...series, mark: 'circle', values: [] })),
    dotChart(chart),
  )
}

function budgetChart(streams: readonly StreamFigures[]): string {
  const steps = streams[0]?.budgets.map(({ promisedPerWeek }) => String(promisedPerWeek)) ?? []
  const lines = streams.map((stream): Line => {
    const values = stream.budgets.map(({ realisedOverPromised }) => realisedOverPromised)
    return { name: streamName(stream), style: 'accent', mark: 'circle', values }
  })
  const label = 'Realised over promised alarms, by budget a week'
  const format = (value: number) => value.toFixed(1)
  const chart = lineChart({ label, steps, lines, rule: 1, band: [0.8, 1.25], format })
  return card(label, [], chart, 'A line a stream.')
}

/** Alarms of all streams by month; empty if no calendar month lies wholly in the ranges. */
function monthChart(streams: readonly StreamFigures[]): string {
  const sums = new Map<string, { alarms: number; streams: number }>()
  for (const { months } of streams) {
    for (const { month, alarms } of months) {
      const sum = sums.get(month) ?? { alarms: 0, streams: 0 }
      sums.set(month, { alarms: sum.alarms + alarms, streams: sum.streams + 1 })
    }
  }
  const months = [...sums].sort(([a], [b]) => a.localeCompare(b))
  if (months.length === 0) return ''
  const values = months.map(([, { alarms, streams: count }]) => alarms / count)
  const chart: ColumnChart = {
    label: 'Market alarms a month, mean of the streams',
    steps: months.map(([month]) => month),
    values,
    rule: values.reduce((sum, value) => sum + value, 0) / values.length,
    format: value => value.toFixed(1),
  }
  return card('Market alarms a month, mean of the streams', [], columnChart(chart))
}
