import { formatMinute } from '../format/when.ts'
import { zoneWord } from '../format/zone.ts'
import { watchedAt } from '../state/in-sight.ts'
import { part } from '../state/store.ts'
import { newest } from './position.ts'
import { toNewest } from './steer.ts'

const at = part(watchedAt)

/** The past is watched again: what the page says is of then, not of now. */
export function PastBanner() {
  if (at.value === null || newest.value === null) return null
  return (
    <p class="banner is-notice" data-testid="past-banner">
      <span>
        <strong>◷ Watching again:</strong> {formatMinute(at.value)} {zoneWord()}; the newest bar is of{' '}
        {formatMinute(newest.value)}.
      </span>
      <button type="button" class="plain" data-testid="to-newest" onClick={toNewest}>
        Back to the newest
      </button>
    </p>
  )
}
