import { parseInterval } from '@candlewatch/core/interval'
import type { Ms } from '@candlewatch/core/types'
import type { ComponentChildren } from 'preact'
import { go, lookAt } from '../shell/place.ts'
import { part } from '../state/store.ts'

interface Of {
  readonly market: string
  readonly interval: string
}

const shown = part(state => state.market)

/** To the chart of a market, at a bar's open or, null, at the newest one. Of another market than the page's the page begins anew. */
export function ChartLink(props: {
  readonly of: Of
  readonly at: string | null
  readonly class?: string
  readonly children: ComponentChildren
}) {
  const { of, at, children } = props
  return (
    <a
      class={props.class}
      href={addressOf(of, at)}
      onClick={event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
        event.preventDefault()
        openChart(of, at)
      }}
    >
      {children}
    </a>
  )
}

export function openChart(of: Of, at: string | null): void {
  if (shown.value?.market !== of.market || parseInterval(shown.value.interval) !== parseInterval(of.interval)) {
    location.assign(addressOf(of, at))
  } else if (at === null) go('watch')
  else lookAt(Date.parse(at) as Ms)
}

function addressOf({ market, interval }: Of, at: string | null): string {
  return `/?${new URLSearchParams({ market, interval, ...(at !== null && { at }) })}`
}
