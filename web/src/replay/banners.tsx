import { formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { pastPosition } from '../state/replay-view.ts'
import { part } from '../state/store.ts'
import { toNewest } from './steer.ts'
import { newest } from './timeline.ts'

const replay = part(state => state.replay)
const at = part(pastPosition)

/** Where the rows of the replay come from. */
export function SourceBanner() {
  if (!replay.value) return null
  const { source, from } = replay.value
  const year = from.slice(0, 4)
  if (source.kind === 'synthetic') {
    return (
      <p class="banner is-synthetic" data-testid="source-banner" data-source="synthetic">
        <span>
          <strong>Synthetic data:</strong> generated prices for {year}, because no real rows were available.
        </span>{' '}
        <span>
          <code>npm run data -- --year {year}</code> downloads real rows.
        </span>
      </p>
    )
  }
  // The banner of past bars takes the place of this one, so that nothing moves down.
  if (replay.value.at !== null) return null
  return (
    <p class="banner is-quiet" data-testid="source-banner" data-source={source.kind}>
      Replaying {source.kind === 'csv' ? 'the file' : 'the download'} {source.name}
    </p>
  )
}

/** Says that past bars are shown, so that the whole page describes the past. */
export function PastBanner() {
  if (at.value === null || newest.value === null) return null
  return (
    <p class="banner is-notice" data-testid="past-banner">
      <span>
        <strong>◷ Viewing the past:</strong> {formatMinute(at.value)} {zoneName()}; the latest bar is{' '}
        <span data-testid="latest-bar">{formatMinute(newest.value)}</span>.
      </span>
      <button type="button" class="plain" data-testid="to-newest" onClick={toNewest}>
        Back to the latest bar
      </button>
    </p>
  )
}
