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
export function zoneName(): string {
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

/** A moment as a field of type datetime-local shows it, on the chosen clock. */
export function fieldOf(at: number, zone: Zone): string {
  return new Date(at + offsetMs(at, zone)).toISOString().slice(0, 16)
}

/** The moment that such a field says; null while it says none. */
export function momentOf(text: string, zone: Zone): number | null {
  // Without a zone, such a text is of the reader's own clock.
  const at = Date.parse(zone === 'utc' ? `${text}Z` : text)
  return Number.isNaN(at) ? null : at
}
