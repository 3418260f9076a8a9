import { Room } from '../shell/room.tsx'

export function DataRoom() {
  return (
    <Room title="Data">
      <p class="quiet">Nothing here yet.</p>
    </Room>
  )
}
