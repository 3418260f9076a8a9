import type { ComponentChildren } from 'preact'
import { addressOf, go, type Place, place } from './place.ts'

interface Props {
  readonly to: Place
  /** The id of one of its cards. */
  readonly part?: string
  readonly class?: string
  readonly title?: string | undefined
  readonly children: ComponentChildren
  readonly [data: `data-${string}`]: unknown
}

/** To a room, without loading the page anew; a real link, so that it opens in a tab of its own too. */
export function RoomLink({ to, part, children, ...rest }: Props) {
  return (
    <a
      {...rest}
      href={addressOf(to, part)}
      aria-current={place.value === to ? 'page' : undefined}
      onClick={event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
        event.preventDefault()
        go(to, part)
      }}
    >
      {children}
    </a>
  )
}
