import { entries } from '../episodes/opened.ts'
import { part } from '../state/store.ts'

const hurried = part(({ replay }) => replay?.state === 'playing' && replay.everyMs < 200)

/** The newest alarm, read aloud as it comes; a replay in a hurry would never stop talking. */
export function Announcement() {
  const last = entries.value[0]
  return (
    <p class="unseen" role="status">
      {last && !hurried.value && `${last.kind === 'fault' ? 'Feed fault' : 'Anomaly'}: ${last.because}`}
    </p>
  )
}
