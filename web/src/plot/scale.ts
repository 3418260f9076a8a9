/** Maps a value to pixels. */
export type Scale = (value: number) => number

/** A linear scale; a domain without width maps to the middle. */
export function linear([from, to]: readonly [number, number], [left, right]: readonly [number, number]): Scale {
  const span = to - from
  return span === 0 ? () => (left + right) / 2 : value => left + ((value - from) / span) * (right - left)
}

/** Round values within a domain, at most `count`: multiples of 1, 2 or 5 times a power of ten. */
export function roundTicks([from, to]: readonly [number, number], count: number): number[] {
  const least = (to - from) / count
  if (!(least > 0)) return [from]
  const power = 10 ** Math.floor(Math.log10(least))
  const step = [1, 2, 5, 10].map(times => times * power).find(size => size >= least * (1 - 1e-9)) as number
  const first = Math.ceil(from / step - 1e-9)
  const ticks: number[] = []
  // Rounded to the digits of the step, so that 0.1 + 0.2 is 0.3.
  for (let n = first; n * step <= to + step * 1e-9; n++) ticks.push(Number((n * step).toPrecision(12)))
  return ticks
}

/** An SVG path through places, broken where one is null. */
export function pathOf(places: readonly (readonly [x: number, y: number] | null)[]): string {
  let path = ''
  for (const [i, place] of places.entries()) {
    if (!place) continue
    const [x, y] = place.map(px => Math.round(px * 10) / 10)
    path += `${i > 0 && places[i - 1] ? 'L' : 'M'}${x} ${y}`
  }
  return path
}

/** The stop that a key leads to; null for other keys. It follows the slider pattern of WAI-ARIA's authoring practices. */
export function stepped(key: string, stop: number, last: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: stop - 1,
    ArrowDown: stop - 1,
    ArrowRight: stop + 1,
    ArrowUp: stop + 1,
    PageDown: stop - 10,
    PageUp: stop + 10,
    Home: 0,
    End: last,
  }
  const to = steps[key]
  return to === undefined ? null : Math.min(Math.max(to, 0), last)
}

/** The index of the nearest place. */
export function nearest(places: readonly number[], px: number): number {
  const distances = places.map(place => Math.abs(place - px))
  return Math.max(0, distances.indexOf(Math.min(...distances)))
}
