import { signal } from '@preact/signals'

/** The time zones that the page can show. */
export type Zone = 'utc' | 'local'

const key = 'candlewatch-zone'

/** The zone in which times are shown. */
export const zone = signal<Zone>(stored())

/** Switches between UTC and local time, and stores the choice. */
export function switchZone(): void {
  zone.value = zone.value === 'utc' ? 'local' : 'utc'
  try {
    localStorage.setItem(key, zone.value)
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}

/** The zone's name, for the end of a time. */
export function zoneName(): string {
  return zone.value === 'utc' ? 'UTC' : 'local'
}

/** How far a zone is ahead of UTC at a time, in milliseconds. */
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

/** A time as the value of a `datetime-local` field. */
export function fieldOf(at: number, zone: Zone): string {
  return new Date(at + offsetMs(at, zone)).toISOString().slice(0, 16)
}

/** The time in such a field; null while it is incomplete. */
export function momentOf(text: string, zone: Zone): number | null {
  // Without a zone, such a text is local time.
  const at = Date.parse(zone === 'utc' ? `${text}Z` : text)
  return Number.isNaN(at) ? null : at
}
