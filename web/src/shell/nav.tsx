import { type Place, places } from './place.ts'
import { RoomLink } from './room-link.tsx'
import './nav.css'

/** From room to room. */
export function Nav() {
  return (
    <nav class="nav" aria-label="Pages">
      {(Object.keys(places) as Place[]).map(name => (
        <RoomLink key={name} to={name}>
          {places[name].word}
        </RoomLink>
      ))}
    </nav>
  )
}
