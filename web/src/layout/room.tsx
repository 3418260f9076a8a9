import { type RoomName, rooms } from '@candlewatch/api/values/rooms'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'

import './room.css'

interface RoomProps {
  readonly name: RoomName
  readonly children: ComponentChildren
}

/** A room with a title and cards under it, which scroll with the window. */
export function Room({ name, children }: RoomProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  // Tells readers who use the keyboard or a screen reader where they are.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <div class="room" data-testid="room" data-room={name}>
      <div class="room-head">
        <h2 tabIndex={-1} ref={heading}>
          {rooms[name].title}
        </h2>
      </div>
      {children}
    </div>
  )
}

/** One subject of a room. */
export function Card(props: {
  readonly title: string
  /** One line under the title. */
  readonly summary?: ComponentChildren
  readonly actions?: ComponentChildren
  readonly wide?: boolean
  /** The card's name in an address. */
  readonly id?: string
  readonly children: ComponentChildren
  readonly [data: `data-${string}`]: unknown
}) {
  const { title, summary, actions, wide, children, ...data } = props
  return (
    <section class={`card room-card ${wide ? 'is-wide' : ''}`} aria-label={title} {...data}>
      <div class="room-card-head">
        <h3>{title}</h3>
        {actions}
      </div>
      {summary && <p class="quiet">{summary}</p>}
      {children}
    </section>
  )
}

/** A time in the chosen zone; `zone` adds the zone's name. */
export function Time({ at, zone }: { readonly at: string; readonly zone?: boolean }) {
  return (
    <time dateTime={at}>
      {formatMinute(Date.parse(at))}
      {zone && ` ${zoneName()}`}
    </time>
  )
}
