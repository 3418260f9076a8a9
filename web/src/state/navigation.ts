import type { Ms } from '@candlewatch/api/units'
import { type RoomName, rooms } from '@candlewatch/api/values/rooms'
import { signal } from '@preact/signals'
import { keysOf } from '../format/keys-of.ts'
import { dispatch } from './store.ts'

/** The names of all rooms, in the order of the navigation. */
export const roomNames = keysOf(rooms)

/** The room that is open; the address names it. */
export const currentRoom = signal<RoomName>(roomOf(location.pathname))

addEventListener('popstate', () => {
  currentRoom.value = roomOf(location.pathname)
})

/** Opens a room. The query stays, without the episode, which belongs to the chart. `part`: the id of one of the room's cards. */
export function go(to: RoomName, part?: string): void {
  if (to === currentRoom.value) return
  history.pushState(null, '', addressOf(to, part))
  currentRoom.value = to
  scrollTo(0, 0)
}

/** The address of a room, with what the query asks for now. */
export function addressOf(to: RoomName, part?: string): string {
  const query = new URLSearchParams(location.search)
  for (const name of ['episode', 'at']) query.delete(name)
  return `${rooms[to].path}${query.size > 0 ? `?${query}` : ''}${part === undefined ? '' : `#${part}`}`
}

/** Opens the chart at a bar, and the bar's panel. */
export function showBar(at: Ms): void {
  go('watch')
  dispatch({ kind: 'selected', at })
}

/** The tabs of the panel next to the chart. */
export type SideTab = 'episodes' | 'rehearsal' | 'settings'

/** The tab that is open while no bar is. */
export const sideTab = signal<SideTab>('episodes')

/** Opens a tab of the side panel, in place of the bar that is open there. */
export function showTab(tab: SideTab): void {
  sideTab.value = tab
  dispatch({ kind: 'picked', at: null })
}

function roomOf(path: string): RoomName {
  return roomNames.find(name => rooms[name].path === path.replace(/(.)\/$/, '$1')) ?? 'watch'
}
