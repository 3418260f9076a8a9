import { counted } from '../format/count.ts'
import { formatDay } from '../format/when.ts'
import { zone } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { AsTable } from '../plot/as-table.tsx'
import { Plot } from '../plot/plot.tsx'
import { Sized } from '../plot/sized.tsx'
import { part } from '../state/store.ts'
import { candles, judged, nothingYet, starts } from './judged.ts'
import { columnsOf, type Week, type WeekColumn, weekMs, weeksOf } from './weeks.ts'

const market = part(state => state.market)
/** A column and the gap beside it. */
const pxPerColumn = 6
/** Of a young market the weeks would be walls. */
const mostPx = 24

/** Episodes of every week that was judged, beside what the budget allows for. */
export function WeeksCard() {
  const range = judged.value
  if (!range || !market.value)
    return <Card title="Alarms a week" id="alarms" wide summary={nothingYet} children={null} />
  const weeks = weeksOf(starts.value, range, candles.value, zone.value)
  const perWeek = starts.value.length / Math.max(1, (range[1] - range[0]) / weekMs)
  return (
    <Card
      title="Alarms a week"
      id="alarms"
      wide
      summary={`${counted(starts.value.length, 'episode')} in ${counted(weeks.length, 'week')}: ${perWeek.toFixed(1)} a week, where the budget is ${market.value.alarmsPerWeek}. Alarms within six hours are one episode.`}
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
      label="Alarms a week against the budget"
      data-testid="weeks"
      data-episodes={starts.value.length}
      width={width}
      times={[columns[0]!.from, columns.at(-1)!.to]}
      values={[0, top * 1.04]}
      formatValue={value => (Number.isInteger(value) ? String(value) : value.toFixed(1))}
      stops={columns.map(({ from, to }) => (from + to) / 2)}
      say={stop => wordOf(columns[stop]!, stop === columns.length - 1)}
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

function wordOf({ from, weeks, episodes, perWeek, budget }: WeekColumn, isNewest: boolean): string {
  const promised = budget === null ? '' : `, budget ${budget}${weeks > 1 ? ' a week' : ''}`
  const soFar = isNewest ? ' so far' : ''
  if (weeks === 1) return `Week of ${formatDay(from)}: ${counted(episodes, 'episode')}${soFar}${promised}`
  return `${weeks} weeks from ${formatDay(from)}: ${counted(episodes, 'episode')}${soFar}, ${perWeek.toFixed(1)} a week${promised}`
}
