import { Room } from '../shell/room.tsx'
import { Overview } from './overview.tsx'

export function OverviewRoom() {
  return (
    <Room title="Overview">
      <Overview />
    </Room>
  )
}
