import type { DetectionReport } from '../detection/detection-report.ts'
import { columnChart, shareGrid } from './bar-charts.ts'
import { escapeHtml, type Line, lineChart } from './charts.ts'
import {
  detectionHeading,
  detectionLegend,
  detectorTable,
  engineFaultTable,
  episodeTable,
  injectionHeads,
  injectionRecalls,
  injectionTables,
  rateTable,
} from './detection-tables.ts'
import { card, table, tile } from './page-parts.ts'

/** Writes the second half of the page: what the engine and the other detectors found. */
export function detectionSection(report: DetectionReport): string {
  const injections = injectionTables(report)
  const faults = engineFaultTable(report)
  return `<h2>Detection</h2>
<p class="soft">${escapeHtml(detectionHeading(report))}</p>
<div class="tiles">${tiles(report)}</div>
<div class="grid-2 below">${monthCharts(report)}</div>
<div class="below">${table(detectorTable(report), 'lead')}</div>
<div class="below">${table(rateTable(report))}</div>
<p class="soft">${escapeHtml(detectionLegend)}</p>
${injections.length > 0 ? `<h2>Injected faults</h2><div class="grid-2">${grids(report)}</div>` : ''}
${faults ? `<div class="below">${table(faults)}</div>` : ''}
<div class="grid-2 tables below">${injections
    .slice(2)
    .map(one => table(one))
    .join('')}</div>
${report.episodes.length > 0 ? `<h2>Episodes</h2>${table(episodeTable(report), 'dates')}` : ''}
`
}

function tiles({ alarmsPerWeek, promisedPerWeek, recallTier1, recall, precision, ...of }: DetectionReport): string {
  const share = (x: number | null) => (x === null ? '–' : `${(100 * x).toFixed(0)} %`)
  const interval = (x: DetectionReport['recall95'], otherwise: string) =>
    x === null ? otherwise : `${(100 * x.lower).toFixed(0)} to ${(100 * x.upper).toFixed(0)} % at 95 %`
  const without = of.labels === null ? 'no labels' : 'too few weeks'
  const delay = of.medianDelayHours === null ? '–' : `${of.medianDelayHours} h`
  const over = of.realisedOverPromised === null ? '–' : `${of.realisedOverPromised.toFixed(2)} ×`
  return [
    tile('Episodes per week', alarmsPerWeek.toFixed(2), `${of.alarms} in total`),
    tile('Actual / budget', over, `budget: ${promisedPerWeek} per week`),
    tile('Found, tier 1', share(recallTier1), of.labels ? `of ${of.labels.tier1} clear events` : without),
    tile('Found, all', share(recall), interval(of.recall95, without)),
    tile('Precision', share(precision), interval(of.precision95, without)),
    tile('Median delay', delay, of.labels ? 'to the first alarming bar' : without),
  ].join('')
}

function monthCharts({ rateByMonth, promisedPerWeek }: DetectionReport): string {
  const steps = Object.keys(rateByMonth)
  const months = Object.values(rateByMonth)
  const rates = 'Episodes per week, by month'
  const columns = columnChart({
    label: rates,
    steps,
    rule: promisedPerWeek,
    format: plain,
    values: months.map(({ perWeek }) => perWeek),
  })
  const share = 'Bars with a p-value of 1 % or less, percent'
  const values = months.map(({ barsBelow1Percent: x }) => (x === null ? null : 100 * x))
  const lines: Line[] = [{ name: 'actual', style: 'accent', mark: 'circle', values }]
  return [
    card(rates, [], columns, 'Dashed: the budget.'),
    card(
      share,
      [],
      lineChart({ label: share, steps, lines, format: plain, rule: 1, view: [0] }),
      'Dashed: the expected 1 %.',
    ),
  ].join('')
}

function grids(report: DetectionReport): string {
  return [false, true]
    .map(withoutCrashes => {
      const rows = injectionRecalls(report, withoutCrashes).map(({ name, scores }) => ({
        name,
        shares: scores.map(({ recallAt001 }) => recallAt001),
      }))
      const title = `Faults found, percent (${withoutCrashes ? 'real events left out' : 'real events among the other bars'})`
      const note = 'At the level that 0.1 % of the other bars exceed.'
      return card(title, [], shareGrid({ label: title, columns: injectionHeads, rows }), note)
    })
    .join('')
}

const plain = (x: number) => String(Number(x.toPrecision(3)))
