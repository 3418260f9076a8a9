import { useState } from 'preact/hooks'
import { counted } from '../format/count.ts'
import { formatDay } from '../format/when.ts'
import { zone, zoneName } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { AsTable } from '../plot/as-table.tsx'
import { Sized } from '../plot/sized.tsx'
import { months } from '../plot/ticks.ts'
import { type CalendarDay, type CalendarYear, calendarOf, heatLevel, heatSteps } from './calendar.ts'
import { judged, nothingYet, starts } from './judged.ts'

const weekdays = ['Mon', '', 'Wed', '', 'Fri', '', 'Sun']
/** The years shown at first. */
const yearsShown = 2
const marginLeft = 32
const marginTop = 18
/** The most weeks that a year has days in. */
const columnsAYear = 54

/** Every judged day, a sheet for each year: the more episodes began on a day, the stronger its colour. */
export function CalendarCard() {
  const [isAll, setAll] = useState(false)
  const range = judged.value
  if (!range) return <Card title="Calendar" id="calendar" wide summary={nothingYet} children={null} />
  const years = calendarOf(starts.value, range, zone.value)
  const shown = isAll ? years : years.slice(0, yearsShown)
  const days = years.flatMap(year => year.days.toReversed()).filter(({ episodes }) => episodes > 0)
  return (
    <Card
      title="Calendar"
      id="calendar"
      wide
      summary={`${counted(days.length, 'day')} with an episode since ${formatDay(range[0])}, ${zoneName()}.`}
      actions={
        years.length > yearsShown && (
          <button type="button" class="small" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
            {isAll ? 'Newest two years' : `All ${years.length} years`}
          </button>
        )
      }
      data-testid="calendar"
    >
      <Sized>{width => shown.map(year => <Year key={year.year} sheet={year} width={width} />)}</Sized>
      <HeatKey />
      <AsTable head={['Day', 'Episodes']} rows={() => days.map(({ at, episodes }) => [formatDay(at), episodes])} />
    </Card>
  )
}

function Year({ sheet, width }: { readonly sheet: CalendarYear; readonly width: number }) {
  // On a phone the halves of a year stand below each other, so that a day is visible.
  const parts = width < 640 ? [0, columnsAYear / 2] : [0]
  const columns = columnsAYear / parts.length
  const shown = parts.filter(from => sheet.days.some(({ column }) => column >= from && column < from + columns))
  const busy = sheet.days.filter(({ episodes }) => episodes > 0)
  const sum = busy.reduce((all, { episodes }) => all + episodes, 0)
  return (
    <figure class="calendar-year">
      <figcaption>
        {sheet.year}
        <span class="unseen">{`: ${counted(sum, 'episode')} on ${counted(busy.length, 'day')}`}</span>
      </figcaption>
      {shown.map(from => (
        <Sheet key={from} sheet={sheet} from={from} columns={columns} width={width} />
      ))}
    </figure>
  )
}

interface SheetProps {
  readonly sheet: CalendarYear
  /** The first column that is drawn, and the number of columns. */
  readonly from: number
  readonly columns: number
  readonly width: number
}

function Sheet({ sheet, from, columns, width }: SheetProps) {
  const cell = Math.min(20, (width - marginLeft) / columns)
  const isIn = (column: number) => column >= from && column < from + columns
  const x = (column: number) => marginLeft + (column - from) * cell
  return (
    <svg width={marginLeft + cell * columns} height={marginTop + cell * 7 + 4} aria-hidden="true">
      {weekdays.map((word, row) => (
        <text key={row} x="0" y={marginTop + row * cell + cell / 2 + 4}>
          {word}
        </text>
      ))}
      {sheet.months.map(
        (column, month) =>
          isIn(column) && (
            <text key={month} x={x(column)} y="12">
              {months[month]}
            </text>
          ),
      )}
      {sheet.days.map(day => isIn(day.column) && <Day key={day.at} day={day} x={x(day.column)} cell={cell} />)}
    </svg>
  )
}

interface DayProps {
  readonly day: CalendarDay
  readonly x: number
  readonly cell: number
}

function Day({ day: { at, row, episodes }, x, cell }: DayProps) {
  return (
    <rect
      class={`heat-${heatLevel(episodes)}`}
      x={x}
      y={marginTop + row * cell}
      width={cell - 1.5}
      height={cell - 1.5}
      rx="2"
    >
      <title>{`${formatDay(at)}: ${episodes === 0 ? 'no episodes' : counted(episodes, 'episode')}`}</title>
    </rect>
  )
}

/** Explains the colours. */
function HeatKey() {
  return (
    <p class="heat-key quiet" aria-hidden="true">
      {heatSteps.map((word, level) => (
        <span key={word}>
          <i class={`heat-${level}`} /> {word}
        </span>
      ))}
    </p>
  )
}
