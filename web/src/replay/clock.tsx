import type { Replay } from '@candlewatch/core/types'
import { formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { part } from '../state/store.ts'
import { dragged } from './steer.ts'
import { position } from './timeline.ts'

const intervalMs = part(state => state.intervalMs)

/** The market's time in the replay, and what it is about. */
export function Clock({ replay }: { readonly replay: Replay }) {
  const word = wordOf(replay)
  return (
    <p class="clock">
      <span>
        <strong data-testid="replay-position">
          {formatMinute(dragged.value ?? position.value ?? Date.parse(replay.from))}
        </strong>{' '}
        <span class="quiet">{zoneName()}</span>
      </span>
      {word && <span class="state-word">{word}</span>}
    </p>
  )
}

function wordOf({ state: now, seek, until, at }: Replay): string | null {
  // A seek names the row after.
  if (seek !== null) return `Catching up to ${formatMinute(Date.parse(seek) - intervalMs.value)}`
  if (until !== null) return 'On to the next anomaly'
  if (now === 'finished') return 'Finished'
  if (at !== null) return now === 'paused' ? 'Paused, watching again' : 'Watching again'
  return now === 'paused' ? 'Paused' : null
}
