/**
 * The i-th of the values, counted from 0. Throws a RangeError beyond them. It costs a comparison, so that the innermost
 * loops do without it.
 */
export function nth<T>(values: { readonly length: number; readonly [i: number]: T }, i: number): T {
  const value = values[i]
  if (value === undefined) throw new RangeError(`Expected a place below ${values.length}, found ${i}.`)
  return value
}

/** The value of something that is known by the time it is asked for. Throws a RangeError if it is not. */
export function known<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new RangeError('Expected a value, found none yet.')
  return value
}

type Tuple<T, Length extends number, Made extends readonly T[] = []> = Made['length'] extends Length
  ? Made
  : Tuple<T, Length, readonly [...Made, T]>

/** The first `length` of the values as a tuple. Throws a RangeError if there are fewer. */
export function first<T, const Length extends number>(values: ArrayLike<T>, length: Length): Tuple<T, Length> {
  if (values.length < length) throw new RangeError(`Expected at least ${length} values, found ${values.length}.`)
  return Array.from({ length }, (_, i) => values[i]) as unknown as Tuple<T, Length>
}
