import { type ColumnChart, columnChart } from '../report/bar-charts.ts'
import { escapeHtml, type Line, lineChart } from '../report/charts.ts'
import { card, style, table } from '../report/page-parts.ts'
import type { StreamFigures } from './stream-figures.ts'
import {
  meanOf,
  type StreamsReport,
  sourcesTable,
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
  return `<div class="below">${table(streamsTable(report))}</div>
<p class="soft">${escapeHtml(streamsLegend)}</p>
<h2>Forecast</h2>
<div class="grid-2">${errorChart(streams)}${coverageChart(streams)}</div>
<h2>Alarms</h2>
<div class="grid-2">${budgetChart(streams)}${monthChart(streams)}</div>
<h2>Rows and models</h2>
${table(sourcesTable(report))}`
}

function errorChart(streams: readonly StreamFigures[]): string {
  const lines: Line[] = [
    { name: 'high', style: 'high', mark: 'circle', values: streams.map(({ high }) => high?.ratio ?? null) },
    { name: 'low', style: 'low', mark: 'square', values: streams.map(({ low }) => low?.ratio ?? null) },
  ]
  const chart = {
    label: 'Error over that of the better naive forecast, by stream',
    steps: stepsOf(streams),
    lines,
    rule: 1,
  }
  return chartCard('Error over that of the better naive forecast', chart, value => value.toFixed(3))
}

function coverageChart(streams: readonly StreamFigures[]): string {
  const mean = (of: 'coverage90' | 'openingCoverage90') => streams.map(({ high, low }) => meanOf(high?.[of], low?.[of]))
  const lines: Line[] = [
    { name: 'all bars', style: 'high', mark: 'circle', values: mean('coverage90') },
    { name: 'opening bars', style: 'low', mark: 'square', values: mean('openingCoverage90') },
  ]
  const chart = { label: 'Outcomes inside the 90 % range, by stream', steps: stepsOf(streams), lines, rule: 0.9 }
  return chartCard('Outcomes inside the 90 % range', chart, value => `${(100 * value).toFixed(0)} %`)
}

function budgetChart(streams: readonly StreamFigures[]): string {
  const steps = streams[0]?.budgets.map(({ promisedPerWeek }) => String(promisedPerWeek)) ?? []
  const lines = streams.map(({ market, interval, budgets }): Line => {
    const values = budgets.map(({ realisedOverPromised }) => realisedOverPromised)
    return { name: `${market}@${interval}`, style: 'accent', mark: 'circle', values }
  })
  const chart = { label: 'Realised over promised alarms, by budget', steps, lines, rule: 1, band: [0.8, 1.25] as const }
  return chartCard('Realised over promised alarms, by budget a week', chart, value => value.toFixed(1))
}

function chartCard(
  title: string,
  chart: Omit<Parameters<typeof lineChart>[0], 'format'>,
  format: (value: number) => string,
) {
  const known = chart.lines.some(({ values }) => values.some(value => value !== null))
  return known ? card(title, chart.lines, lineChart({ ...chart, format })) : ''
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

const stepsOf = (streams: readonly StreamFigures[]) => streams.map(({ market }) => market.replace(/^[^:]*:/, ''))
