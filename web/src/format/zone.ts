import { signal } from '@preact/signals'

export type Zone = 'utc' | 'local'

const key = 'candlewatch-zone'

/** Whose clock the page's times are of. */
export const zone = signal<Zone>(stored())

export function switchZone(): void {
  zone.value = zone.value === 'utc' ? 'local' : 'utc'
  try {
    localStorage.setItem(key, zone.value)
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}

/** What stands behind a time. */
export function zoneWord(): string {
  return zone.value === 'utc' ? 'UTC' : 'local'
}

/** How far the zone's clock is ahead of UTC at a moment. */
export function offsetMs(at: number, of: Zone): number {
  return of === 'utc' ? 0 : -new Date(at).getTimezoneOffset() * 60_000
}

function stored(): Zone {
  try {
    return localStorage.getItem(key) === 'local' ? 'local' : 'utc'
  } catch {
    return 'utc'
  }
}
