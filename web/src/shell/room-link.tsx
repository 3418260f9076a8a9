import type { ComponentChildren } from 'preact'
import { addressOf, go, type Place, place } from './place.ts'

/** To a room, without loading the page anew; a real link, so that it opens in a tab of its own too. */
export function RoomLink(props: { readonly to: Place; readonly class?: string; readonly children: ComponentChildren }) {
  const { to, children } = props
  return (
    <a
      class={props.class}
      href={addressOf(to)}
      aria-current={place.value === to ? 'page' : undefined}
      onClick={event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
        event.preventDefault()
        go(to)
      }}
    >
      {children}
    </a>
  )
}
