import type { RoomName } from '@candlewatch/api/values/rooms'
import { parseInterval } from '@candlewatch/core/interval'
import { msOf } from '@candlewatch/core/time'
import type { ComponentChildren } from 'preact'
import { addressOf, currentRoom, go, showBar } from '../state/navigation.ts'
import { part } from '../state/store.ts'

interface LinkProps {
  readonly href: string
  open(): void
  readonly children: ComponentChildren
  readonly [attribute: string]: unknown
}

/** A real link, which opens within the page unless the reader asks for a tab of its own. */
function InnerLink({ href, open, children, ...rest }: LinkProps) {
  return (
    <a
      {...rest}
      href={href}
      onClick={event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
        event.preventDefault()
        open()
      }}
    >
      {children}
    </a>
  )
}

/** A link to a room, or to one of its cards. */
export function RoomLink(props: {
  readonly to: RoomName
  /** The id of one of its cards. */
  readonly part?: string
  readonly class?: string
  readonly title?: string | undefined
  readonly children: ComponentChildren
  readonly [data: `data-${string}`]: unknown
}) {
  const { to, part, children, ...rest } = props
  return (
    <InnerLink
      {...rest}
      href={addressOf(to, part)}
      open={() => go(to, part)}
      aria-current={currentRoom.value === to ? 'page' : undefined}
    >
      {children}
    </InnerLink>
  )
}

interface StreamName {
  readonly market: string
  readonly interval: string
}

const shown = part(state => state.market)

/** A link to the chart of a stream: at the bar that opens at `at`, or at the newest one. */
export function ChartLink(props: {
  readonly stream: StreamName
  readonly at: string | null
  readonly class?: string
  readonly children: ComponentChildren
}) {
  const { stream, at, children } = props
  return (
    <InnerLink class={props.class} href={chartAddress(stream, at)} open={() => openChart(stream, at)}>
      {children}
    </InnerLink>
  )
}

/** Opens the chart of a stream; for another stream than the one that is shown, the page is loaded again. */
export function openChart(stream: StreamName, at: string | null): void {
  const isShown =
    shown.value?.market === stream.market && parseInterval(shown.value.interval) === parseInterval(stream.interval)
  if (!isShown) location.assign(chartAddress(stream, at))
  else if (at === null) go('watch')
  else showBar(msOf(at))
}

/** A link to a bar of the stream that is shown. */
export function BarLink({ date, children }: { readonly date: string; readonly children: ComponentChildren }) {
  const to = addressOf('watch')
  return (
    <InnerLink href={`${to}${to.includes('?') ? '&' : '?'}at=${date}`} open={() => showBar(msOf(date))}>
      {children}
    </InnerLink>
  )
}

function chartAddress({ market, interval }: StreamName, at: string | null): string {
  return `/?${new URLSearchParams({ market, interval, ...(at !== null && { at }) })}`
}
