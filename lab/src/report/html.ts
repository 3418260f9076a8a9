import { shareChart } from './bar-charts.ts'
import type { ReportCard } from './card.ts'
import { escapeHtml, type Line, lineChart } from './charts.ts'
import { detectionSection } from './detection-html.ts'
import { card, style, table, tile } from './page-parts.ts'
import type { Month, MonthPrice, PriceReport } from './report.ts'
import { accuracyTables, heading, legend, money, monthTable, peerTable, rangeTable } from './tables.ts'

// A month with less than this share of the fullest month's rows is left out of the charts: a few days say little about a month.
const leastShareOfMonth = 0.25

/** Writes the report card as one page that loads nothing else: charts as SVG, light or dark like the reader's system. */
export function toHtml(report: ReportCard): string {
  const peers = peerTable(report)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(report.model.name)}: report card</title>
<style>${style}</style>
<main>
<h1>${escapeHtml(report.model.name)} <small>${escapeHtml(report.model.version)}</small></h1>
<p class="soft">${escapeHtml(heading(report))}</p>
${report.warnings.map(text => `<p class="warning">${escapeHtml(text)}</p>`).join('')}
<div class="tiles">${tiles(report)}</div>
<h2>Month by month</h2>
<div class="grid-2">${monthCharts(report)}</div>
<h2>Ranges and training</h2>
<div class="grid-2">${rangeChart(report)}${lossChart(report)}</div>
<h2>Comparison with naive forecasts</h2>
<div class="grid-2 tables">${accuracyTables(report)
    .map(one => table(one, 'lead'))
    .join('')}</div>
<p class="soft">${escapeHtml(legend)}</p>
${peers ? `<h2>Comparison with peers</h2>${table(peers)}` : ''}
<h2>The 90 % range</h2>
<div class="grid-2 tables">${table(rangeTable(report))}${table(monthTable(report))}</div>
${report.detection ? detectionSection(report.detection) : ''}<footer>Candlewatch. Model trained on rows from ${report.model.trainedFrom} to ${report.model.trainedTo}.</footer>
</main>
</html>
`
}

function tiles({ forecast }: ReportCard): string {
  const better = ({ lessNaive: { interval95 } }: PriceReport) => {
    if (interval95 === null) return 'too few weeks'
    return interval95.upper < 0 ? 'better' : interval95.lower > 0 ? 'worse' : 'no difference'
  }
  return (['high', 'low'] as const)
    .flatMap(price => {
      const of = forecast[price]
      const percent = `${of.ratio <= 1 ? '−' : '+'}${Math.abs(100 * (of.ratio - 1)).toFixed(2)} %`
      return [
        tile(`MAE, ${price}`, money(of.mae), `${of.mape.toFixed(3)} % of the price`),
        tile(`${price === 'high' ? 'High' : 'Low'} against naive`, percent, `${better(of)}, at 95 %`),
        tile(`90 % range, ${price}`, `${(100 * of.coverage90).toFixed(1)} %`, 'of outcomes inside'),
      ]
    })
    .join('')
}

function monthCharts({ months }: ReportCard): string {
  const fullest = Math.max(...months.map(({ rows }) => rows))
  const whole = months.filter(({ rows }) => rows >= leastShareOfMonth * fullest)
  const steps = whole.map(({ month }) => month)
  const line = (name: string, look: string, mark: Line['mark'], value: (month: Month) => number): Line => ({
    name,
    style: look,
    mark,
    values: whole.map(value),
  })
  const both = (value: (price: MonthPrice) => number) => [
    line('high', 'high', 'circle', month => value(month.high)),
    line('low', 'low', 'square', month => value(month.low)),
  ]
  const errors = (['high', 'low'] as const).map(price => {
    const lines = [
      line('naive', 'naive', 'none', month => month[price].mae.naive),
      line('model', price, price === 'high' ? 'circle' : 'square', month => month[price].mae.model),
    ]
    const label = `Mean absolute error of the ${price}, quote currency`
    return card(label, lines, lineChart({ label, steps, lines, format: plain }))
  })
  const ratio = both(({ mae }) => 100 * (mae.model / mae.naive - 1))
  const inside = both(({ coverage90 }) => 100 * coverage90)
  const ratioLabel = 'Error of the model minus that of the naive forecast, percent'
  const insideLabel = 'Outcomes inside the 90 % range, percent'
  return [
    ...errors,
    card(
      ratioLabel,
      ratio,
      lineChart({ label: ratioLabel, steps, lines: ratio, format: signed, rule: 0 }),
      'Below zero the model is better.',
    ),
    card(
      insideLabel,
      inside,
      lineChart({ label: insideLabel, steps, lines: inside, format: plain, band: [88, 92], view: [86, 94], rule: 90 }),
      'Shaded: 88 to 92 %.',
    ),
  ].join('')
}

function rangeChart({ forecast }: ReportCard): string {
  const label = 'Outcomes by part of the forecast range'
  const parts = ['below the range', 'lower half', 'upper half', 'above the range']
  const rows = (['high', 'low'] as const).map(name => {
    const { below, lowerHalf, upperHalf, above } = forecast[name].shares
    return { name, shares: [below, lowerHalf, upperHalf, above] }
  })
  const chart = shareChart({ label, parts, promised: [0.05, 0.45, 0.45, 0.05], rows })
  return card(
    label,
    [],
    chart,
    'Below the range, below the median, above the median, above the range. Dashed: the expected 5, 50 and 95 %.',
  )
}

function lossChart({ model: { losses, members } }: ReportCard): string {
  const lines: Line[] = [
    { name: 'training', style: 'naive', mark: 'none', values: losses.map(({ training }) => training) },
    { name: 'validation', style: 'accent', mark: 'circle', values: losses.map(({ validation }) => validation) },
  ]
  const label = 'Loss by epoch of training'
  const steps = losses.map(({ epoch }) => String(epoch))
  return card(
    label,
    lines,
    lineChart({ label, steps, lines, format: plain }),
    `Training: pinball loss of all outputs. Validation: mean absolute error of the two medians${members > 1 ? `; ${members} members, one after another` : ''}.`,
  )
}

const plain = (x: number) => String(Number(x.toPrecision(4)))
const signed = (x: number) => (x > 0 ? `+${plain(x)}` : plain(x).replace('-', '−'))
