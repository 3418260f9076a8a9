import { known, nth } from '@candlewatch/core/nth'
import { counted } from '../format/count.ts'
import { formatMonth } from '../format/when.ts'
import { zone } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { AsTable } from '../plot/as-table.tsx'
import { Plot } from '../plot/plot.tsx'
import { Sized } from '../plot/sized.tsx'
import { type CoverageMonth, coverageMonths } from './coverage-months.ts'
import { candles, noForecastYet, sinceText } from './judged.ts'

/** The share of outcomes that the range should include. */
const promised = 0.9
const title = 'Inside the 90 % range'

/** How often the outcome was inside the 90 % range, month by month. */
export function CoverageCard() {
  const months = coverageMonths(candles.value, zone.value)
  if (months.length === 0) {
    return <Card title={title} id="coverage" summary={noForecastYet} children={null} />
  }
  const bars = months.reduce((sum, month) => sum + month.bars, 0)
  const share = (side: 'high' | 'low') =>
    percent(months.reduce((sum, month) => sum + month[side] * month.bars, 0) / bars)
  return (
    <Card
      title={title}
      id="coverage"
      summary={`${share('high')} of highs and ${share('low')} of lows, ${counted(bars, 'bar')} ${sinceText()}.`}
      data-testid="coverage-by-month"
      data-months={months.length}
    >
      <p class="plot-key quiet" aria-hidden="true">
        <span>
          <i class="is-high" /> highs
        </span>
        <span>
          <i class="is-low" /> lows
        </span>
        <span>
          <i class="is-chance" /> expected by chance
        </span>
      </p>
      <Sized>{width => <Months months={months} width={width} />}</Sized>
      <AsTable
        head={['Month', 'Highs', 'Lows', 'Bars']}
        rows={() =>
          months.toReversed().map(({ from, high, low, bars }) => [formatMonth(from), percent(high), percent(low), bars])
        }
      />
    </Card>
  )
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`

function Months({ months, width }: { readonly months: readonly CoverageMonth[]; readonly width: number }) {
  const least = Math.min(0.84, ...months.map(({ high, low }) => Math.min(high, low) - 0.02))
  const middle = ({ from, to }: CoverageMonth) => (from + to) / 2
  return (
    <Plot
      label="Share of highs and lows in the 90 % range, by month"
      width={width}
      times={[nth(months, 0).from, known(months.at(-1)).to]}
      values={[Math.max(0, least), 1]}
      formatValue={value => `${Math.round(value * 100)} %`}
      stops={months.map(middle)}
      describe={stop => describe(months[stop])}
    >
      {({ x, y }) => (
        <>
          {months.map(({ from, to, chance }) => (
            <rect
              key={from}
              class="chance"
              x={x(from)}
              y={y(Math.min(1, promised + chance))}
              width={x(to) - x(from)}
              height={y(Math.max(least, promised - chance)) - y(Math.min(1, promised + chance))}
            />
          ))}
          <path class="promise" d={`M${x(nth(months, 0).from)} ${y(promised)}H${x(known(months.at(-1)).to)}`} />
          {months.map(month => (
            <g key={month.from}>
              <rect class="held is-low" x={x(middle(month)) - 4} y={y(month.low) - 4} width="8" height="8" />
              <circle class="held is-high" cx={x(middle(month))} cy={y(month.high)} r="4" />
            </g>
          ))}
        </>
      )}
    </Plot>
  )
}

function describe(month: CoverageMonth | undefined): string {
  if (!month) return ''
  const { from, high, low, bars } = month
  return `${formatMonth(from)}: ${percent(high)} of highs, ${percent(low)} of lows, ${counted(bars, 'bar')}`
}
