/** Those that were known, those that came: what came replaces all from that moment on. Oldest first. */
export function joinRows<T>(
  known: readonly T[],
  came: readonly T[],
  from: string | null,
  dateOf: (row: T) => string,
): readonly T[] {
  return from === null ? came : [...known.filter(row => dateOf(row) < from), ...came]
}
