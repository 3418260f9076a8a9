const leastFloor = 1e-12
const floorOver = 1e-6

/** What counts as no difference: a millionth of the usual size, or a flat feed would make every tick infinite. */
export function floorOf(usualSize: number): number {
  return Math.max(leastFloor, floorOver * usualSize)
}
