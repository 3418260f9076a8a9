import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import './room.css'

interface Props {
  readonly title: string
  /** Beside the title: what can be done here. */
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
}

/** A page beside the chart: a title, and cards under it that scroll with the window. */
export function Room({ title, actions, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  // A reader who came by the keyboard or a screen reader is told where they are.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <div class="room" data-testid="room" data-room={title.toLowerCase()}>
      <div class="room-head">
        <h2 tabIndex={-1} ref={heading}>
          {title}
        </h2>
        {actions}
      </div>
      {children}
    </div>
  )
}

/** One subject of a room. */
export function Card(props: {
  readonly title: string
  /** One line under the title. */
  readonly word?: ComponentChildren
  readonly actions?: ComponentChildren
  readonly wide?: boolean
  /** What an address names it by. */
  readonly id?: string
  readonly children: ComponentChildren
  readonly [data: `data-${string}`]: unknown
}) {
  const { title, word, actions, wide, children, ...data } = props
  return (
    <section class={`card room-card ${wide ? 'is-wide' : ''}`} aria-label={title} {...data}>
      <div class="room-card-head">
        <h3>{title}</h3>
        {actions}
      </div>
      {word && <p class="quiet">{word}</p>}
      {children}
    </section>
  )
}
