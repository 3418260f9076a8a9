import type { ComponentChildren } from 'preact'
import { RoomLink } from '../shell/room-link.tsx'

interface Props {
  readonly title: string
  /** The card of the overview that tells more. */
  readonly part: string
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

/** One thing that the overview says, in a figure and a few words; it leads to the card that tells more. */
export function Tile({ title, part, figure, isBad, note, aside, children, ...data }: Props) {
  return (
    <RoomLink to="overview" part={part} class="card tile" title={note} {...data}>
      <span class="tile-title">{title}</span>
      {figure !== undefined && <strong class={`tile-figure ${isBad ? 'is-bad' : ''}`}>{figure}</strong>}
      <span class="tile-word">
        {children}
        {note && <span class="unseen"> {note}</span>}
      </span>
      {aside}
    </RoomLink>
  )
}
