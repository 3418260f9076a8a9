/** A line through places, broken where one is null. */
export function pathOf(places: readonly (readonly [x: number, y: number] | null)[]): string {
  let path = ''
  for (const [i, place] of places.entries()) {
    if (!place) continue
    const [x, y] = place.map(px => Math.round(px * 10) / 10)
    path += `${i > 0 && places[i - 1] ? 'L' : 'M'}${x} ${y}`
  }
  return path
}
