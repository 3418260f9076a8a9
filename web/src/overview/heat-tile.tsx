import { entries } from '../episodes/opened.ts'
import { zone, zoneWord } from '../format/zone.ts'
import { heatOf } from './heat.ts'
import { Tile } from './tile.tsx'

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

/** When episodes begin: a row a day of the week, a column an hour. */
export function HeatTile() {
  const starts = entries.value.filter(({ kind }) => kind !== 'fault').map(({ start }) => start)
  const heat = heatOf(starts, zone.value)
  const most = Math.max(1, ...heat.flat())
  return (
    <Tile
      title={`When they begin, ${zoneWord()}`}
      data-testid="heat"
      aside={
        <svg class="heat" viewBox="-13 0 253 77" role="img">
          <title>{sentence(heat)}</title>
          {heat.map((hours, day) => (
            <g key={days[day]}>
              {day % 2 === 0 && (
                <text x="-13" y={day * 11 + 8}>
                  {days[day]![0]}
                </text>
              )}
              {hours.map((count, hour) => (
                <rect
                  key={hour}
                  class={count > 0 ? 'is-hot' : ''}
                  x={hour * 10}
                  y={day * 11}
                  width="9"
                  height="10"
                  opacity={count > 0 ? 0.35 + (0.65 * count) / most : 1}
                />
              ))}
            </g>
          ))}
        </svg>
      }
    />
  )
}

function sentence(heat: readonly (readonly number[])[]): string {
  let [best, day, hour] = [0, 0, 0]
  for (const [d, hours] of heat.entries())
    for (const [h, count] of hours.entries()) if (count > best) [best, day, hour] = [count, d, h]
  if (best === 0) return 'No episode yet'
  return `Episodes by day of the week and hour; most often (${best}) on ${days[day]} at ${hour}:00`
}
