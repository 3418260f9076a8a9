import type { Replay } from '@candlewatch/api/replays'
import { openOf } from '@candlewatch/core/time'
import { formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { part } from '../state/store.ts'
import { dragged } from './steer.ts'
import { position } from './timeline.ts'

const intervalMs = part(state => state.intervalMs)

/** The replay position, and what the replay is doing. */
export function Clock({ replay }: { readonly replay: Replay }) {
  const activity = activityOf(replay)
  return (
    <p class="clock">
      <span>
        <strong data-testid="replay-position">
          {formatMinute(dragged.value ?? position.value ?? Date.parse(replay.from))}
        </strong>{' '}
        <span class="quiet">{zoneName()}</span>
      </span>
      {activity && <span class="state-text">{activity}</span>}
    </p>
  )
}

function activityOf({ state: now, seek, until, at }: Replay): string | null {
  // A seek names the next row.
  if (seek !== null) return `Catching up to ${formatMinute(openOf({ ts: Date.parse(seek) }, intervalMs.value))}`
  if (until !== null) return 'Going to the next anomaly'
  if (now === 'finished') return 'Finished'
  if (at !== null) return now === 'paused' ? 'Paused, viewing the past' : 'Viewing the past'
  return now === 'paused' ? 'Paused' : null
}
