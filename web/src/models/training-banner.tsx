import { RoomLink } from '../layout/links.tsx'
import { currentRoom } from '../state/navigation.ts'
import { formatLeft, training } from './training.ts'

/** The progress of a training, shown in the other rooms. */
export function TrainingBanner() {
  const now = training.value
  if (now?.state !== 'running' || currentRoom.value === 'models') return null
  const percent = Math.floor(100 * now.share)
  return (
    <p class="banner is-quiet training-banner" data-testid="training-banner">
      <RoomLink to="models">Training a new version</RoomLink>
      <progress max={100} value={percent} aria-label="Training" />
      <span>
        {percent} %{now.secondsLeft !== null && `, ${formatLeft(now.secondsLeft)} left`}
      </span>
    </p>
  )
}
