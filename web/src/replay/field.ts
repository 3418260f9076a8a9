import { offsetMs, type Zone } from '../format/zone.ts'

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
