import type { ComponentChildren } from 'preact'
import { RoomLink } from '../layout/links.tsx'

interface Props {
  readonly title: string
  /** The id of the overview's card with the details. */
  readonly part: string
  readonly figure?: string
  /** Marks a figure that needs attention. */
  readonly isBad?: boolean
  /** A sentence with more detail. */
  readonly note?: string | undefined
  /** A drawing next to the figure. */
  readonly aside?: ComponentChildren
  readonly children?: ComponentChildren
  readonly [data: `data-${string}`]: unknown
}

/** One figure with a short text; it links to the card of the overview with the details. */
export function Tile({ title, part, figure, isBad, note, aside, children, ...data }: Props) {
  return (
    <RoomLink to="overview" part={part} class="card tile" title={note} {...data}>
      <span class="tile-title">{title}</span>
      {figure !== undefined && <strong class={`tile-figure ${isBad ? 'is-bad' : ''}`}>{figure}</strong>}
      <span class="tile-text">
        {children}
        {note && <span class="unseen"> {note}</span>}
      </span>
      {aside}
    </RoomLink>
  )
}

/** Alarms of each week as a column, the newest on the right, and the budget as a line. */
export function WeekColumns({ weeks, budget }: { readonly weeks: readonly number[]; readonly budget: number }) {
  const top = Math.max(budget * 2, ...weeks, 1)
  const y = (count: number) => 29 - (count / top) * 26
  const blank = 12 - weeks.length
  return (
    <svg class="weeks" viewBox="0 0 120 30" preserveAspectRatio="none" role="img">
      <title>{`Alarms in each of the last ${weeks.length} weeks, oldest first: ${weeks.join(', ')}`}</title>
      {weeks.map((count, index) => {
        const x = (blank + index) * 10 + 1.5
        const height = Math.max(29 - y(count), 1)
        return (
          <rect key={index} class={count > budget ? 'is-over' : ''} x={x} y={29 - height} width="7" height={height} />
        )
      })}
      <path d={`M0 ${y(budget)}H120`} vector-effect="non-scaling-stroke" />
    </svg>
  )
}
