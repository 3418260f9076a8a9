import { RoomLink } from '../layout/links.tsx'
import { currentRoom } from '../state/navigation.ts'
import { formatLeft, training } from './training.ts'

/** A training under way, in the rooms that have not all of it. */
export function TrainingBanner() {
  const now = training.value
  if (now?.state !== 'running' || currentRoom.value === 'models') return null
  const percent = Math.floor(100 * now.share)
  return (
    <p class="banner is-quiet training-banner" data-testid="training-banner">
      <RoomLink to="models">A new version is trained</RoomLink>
      <progress max={100} value={percent} aria-label="Training" />
      <span>
        {percent} %{now.secondsLeft !== null && `, ${formatLeft(now.secondsLeft)} left`}
      </span>
    </p>
  )
}
