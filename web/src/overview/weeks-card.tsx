import { known, nth } from '@candlewatch/core/nth'
import { weekMs } from '@candlewatch/core/time'
import { counted } from '../format/count.ts'
import { formatDay } from '../format/when.ts'
import { zone } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { AsTable } from '../plot/as-table.tsx'
import { Plot } from '../plot/plot.tsx'
import { Sized } from '../plot/sized.tsx'
import { part } from '../state/store.ts'
import { candles, judged, nothingYet, starts } from './judged.ts'
import { columnsOf, type Week, type WeekColumn, weeksOf } from './weeks.ts'

const market = part(state => state.market)
/** The width of a column and the gap next to it. */
const pxPerColumn = 6
/** The widest column, for a market with few weeks. */
const mostPx = 24

/** The episodes of every judged week, compared with the budget. */
export function WeeksCard() {
  const range = judged.value
  if (!range || !market.value)
    return <Card title="Alarms per week" id="alarms" wide summary={nothingYet} children={null} />
  const weeks = weeksOf(starts.value, range, candles.value, zone.value)
  const perWeek = starts.value.length / Math.max(1, (range[1] - range[0]) / weekMs)
  return (
    <Card
      title="Alarms per week"
      id="alarms"
      wide
      summary={`${counted(starts.value.length, 'episode')} in ${counted(weeks.length, 'week')}: ${perWeek.toFixed(1)} per week, with a budget of ${market.value.alarmsPerWeek}. Alarms near one another count as one episode.`}
    >
      <Sized>
        {width => (
          <Weeks columns={columnsOf(weeks, Math.max(1, Math.floor((width - 50) / pxPerColumn)))} width={width} />
        )}
      </Sized>
      <AsTable head={['Week from', 'Episodes', 'Budget']} rows={() => weeks.toReversed().map(rowOf)} />
    </Card>
  )
}

const rowOf = ({ from, episodes, budget }: Week) => [formatDay(from), episodes, budget ?? '–']

function Weeks({ columns, width }: { readonly columns: readonly WeekColumn[]; readonly width: number }) {
  const top = Math.max(1, ...columns.map(({ perWeek, budget }) => Math.max(perWeek, (budget ?? 0) * 1.5)))
  return (
    <Plot
      label="Alarms per week and the budget"
      data-testid="weeks"
      data-episodes={starts.value.length}
      width={width}
      times={[nth(columns, 0).from, known(columns.at(-1)).to]}
      values={[0, top * 1.04]}
      formatValue={value => (Number.isInteger(value) ? String(value) : value.toFixed(1))}
      stops={columns.map(({ from, to }) => (from + to) / 2)}
      describe={stop => describe(columns[stop], stop === columns.length - 1)}
    >
      {({ x, y }) => (
        <>
          {columns.map(({ from, to, perWeek, budget }) => {
            const columnPx = Math.min(mostPx, Math.max(1, x(to) - x(from) - 1))
            return (
              <rect
                key={from}
                class={`week ${budget !== null && perWeek > budget ? 'is-over' : ''}`}
                x={x((from + to) / 2) - columnPx / 2}
                y={y(perWeek)}
                width={columnPx}
                height={y(0) - y(perWeek)}
              />
            )
          })}
          <path class="promise" d={columns.map(budgetLine(x, y)).join('')} />
        </>
      )}
    </Plot>
  )
}

const budgetLine = (x: (at: number) => number, y: (value: number) => number) => (column: WeekColumn, i: number) =>
  column.budget === null ? '' : `${i === 0 ? 'M' : 'L'}${x(column.from)} ${y(column.budget)}H${x(column.to)}`

function describe(column: WeekColumn | undefined, isNewest: boolean): string {
  if (!column) return ''
  const { from, weeks, episodes, perWeek, budget } = column
  const allowed = budget === null ? '' : `, budget ${budget}${weeks > 1 ? ' per week' : ''}`
  const soFar = isNewest ? ' so far' : ''
  if (weeks === 1) return `Week of ${formatDay(from)}: ${counted(episodes, 'episode')}${soFar}${allowed}`
  return `${weeks} weeks from ${formatDay(from)}: ${counted(episodes, 'episode')}${soFar}, ${perWeek.toFixed(1)} per week${allowed}`
}
