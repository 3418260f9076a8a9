import { Room } from '../shell/room.tsx'

export function ModelsRoom() {
  return (
    <Room title="Models">
      <p class="quiet">Nothing here yet.</p>
    </Room>
  )
}
