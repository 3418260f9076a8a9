import { place } from '../shell/place.ts'
import { RoomLink } from '../shell/room-link.tsx'
import { formatLeft } from './training.ts'
import { training } from './training-feed.ts'
import './training-banner.css'

/** A training under way, in the rooms that have not all of it. */
export function TrainingBanner() {
  const now = training.value
  if (now?.state !== 'running' || place.value === 'models') return null
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
