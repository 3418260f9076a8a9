import type { ComponentChildren } from 'preact'

interface Props {
  readonly title: string
  readonly figure?: string
  /** Worth a look. */
  readonly isBad?: boolean
  /** A sentence for who wants to know more. */
  readonly note?: string | undefined
  /** Beside the figure. */
  readonly aside?: ComponentChildren
  readonly children?: ComponentChildren
  readonly [data: `data-${string}`]: unknown
}

/** One thing that the overview says: a title, a figure, and a line about it. */
export function Tile({ title, figure, isBad, note, aside, children, ...data }: Props) {
  return (
    <section class="card tile" title={note} {...data}>
      <h2>{title}</h2>
      {figure !== undefined && <p class={`tile-figure ${isBad ? 'is-bad' : ''}`}>{figure}</p>}
      {aside}
      <p class="tile-word">
        {children}
        {note && <span class="unseen"> {note}</span>}
      </p>
    </section>
  )
}
