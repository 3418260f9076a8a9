import type { Ms } from '@candlewatch/core/types'
import { signal } from '@preact/signals'
import { dispatch } from '../state/store.ts'

/** The page's rooms, each with an address of its own. */
export const places = {
  watch: { path: '/', word: 'Watch' },
  overview: { path: '/overview', word: 'Overview' },
  models: { path: '/models', word: 'Models' },
  data: { path: '/data', word: 'Data' },
} as const
export type Place = keyof typeof places

const names = Object.keys(places) as Place[]

export const place = signal<Place>(placeOf(location.pathname))

addEventListener('popstate', () => {
  place.value = placeOf(location.pathname)
})

/** What the address asks for stays, but for the episode: that is the watch's own. `part`: the id of one of the room's cards. */
export function go(to: Place, part?: string): void {
  if (to === place.value) return
  history.pushState(null, '', addressOf(to, part))
  place.value = to
  scrollTo(0, 0)
}

export function addressOf(to: Place, part?: string): string {
  const query = new URLSearchParams(location.search)
  for (const name of ['episode', 'at']) query.delete(name)
  return `${places[to].path}${query.size > 0 ? `?${query}` : ''}${part === undefined ? '' : `#${part}`}`
}

/** The chart at a bar, whose panel opens. */
export function lookAt(at: Ms): void {
  go('watch')
  dispatch({ kind: 'selected', at })
}

function placeOf(path: string): Place {
  return names.find(name => places[name].path === path.replace(/(.)\/$/, '$1')) ?? 'watch'
}
