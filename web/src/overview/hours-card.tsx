import { counted } from '../format/count.ts'
import { zone, zoneName } from '../format/zone.ts'
import { Card } from '../layout/room.tsx'
import { AsTable } from '../plot/as-table.tsx'
import { Sized } from '../plot/sized.tsx'
import { heatLevel, heatOf } from './calendar.ts'
import { judged, nothingYet, starts } from './judged.ts'

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const marginLeft = 34
const rowPx = 22

/** When episodes begin: a row for each day of the week, a column for each hour. */
export function HoursCard() {
  if (!judged.value) return <Card title="Day by hour" summary={nothingYet} children={null} />
  const heat = heatOf(starts.value, zone.value)
  const hours = heat.flatMap((counts, day) => counts.map((count, hour) => ({ day, hour, count })))
  const most = hours.toSorted((a, b) => b.count - a.count).filter(({ count }) => count > 0)
  const [best] = most
  return (
    <Card title="Day by hour" summary={describe(best)} data-testid="hours" data-episodes={starts.value.length}>
      <Sized>{width => <Hours heat={heat} width={width} />}</Sized>
      <AsTable
        head={[`Hour of the week, ${zoneName()}`, 'Episodes']}
        rows={() => most.map(({ day, hour, count }) => [`${days[day]} ${clock(hour)}`, count])}
      />
    </Card>
  )
}

function describe(best: { readonly day: number; readonly hour: number; readonly count: number } | undefined): string {
  if (!best) return 'No episodes yet.'
  if (best.count === 1) return 'Start times of episodes: never twice in the same hour of the week.'
  return `Start times of episodes: most often (${best.count} times) on ${days[best.day]} at ${clock(best.hour)} ${zoneName()}.`
}

const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`

function Hours({ heat, width }: { readonly heat: readonly (readonly number[])[]; readonly width: number }) {
  const cell = (width - marginLeft) / 24
  return (
    <svg class="hours" width={width} height={rowPx * 7 + 20} role="img">
      <title>Episodes by day of the week and hour</title>
      {heat.map((counts, day) => (
        <g key={days[day]}>
          <text x="0" y={day * rowPx + rowPx / 2 + 3}>
            {days[day]?.slice(0, 3)}
          </text>
          {counts.map((count, hour) => (
            <rect
              key={hour}
              class={`heat-${heatLevel(count)}`}
              x={marginLeft + hour * cell}
              y={day * rowPx}
              width={cell - 1.5}
              height={rowPx - 1.5}
              rx="2"
            >
              <title>{`${days[day]} ${clock(hour)}: ${count === 0 ? 'no episode' : counted(count, 'episode')}`}</title>
            </rect>
          ))}
        </g>
      ))}
      {[0, 6, 12, 18].map(hour => (
        <text key={hour} x={marginLeft + hour * cell} y={rowPx * 7 + 14}>
          {clock(hour)}
        </text>
      ))}
    </svg>
  )
}
