/** Where a key leads among so many stops; null for another key. After the slider pattern of WAI-ARIA's authoring practices. */
export function stepped(key: string, stop: number, last: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ...{ ArrowLeft: stop - 1, ArrowDown: stop - 1, ArrowRight: stop + 1, ArrowUp: stop + 1 },
    ...{ PageDown: stop - 10, PageUp: stop + 10, Home: 0, End: last },
  }
  const to = steps[key]
  return to === undefined ? null : Math.min(Math.max(to, 0), last)
}

/** Index of the nearest of ascending places. */
export function nearest(places: readonly number[], px: number): number {
  return places.reduce((best, place, i) => (Math.abs(place - px) < Math.abs(places[best]! - px) ? i : best), 0)
}
