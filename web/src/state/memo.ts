/** Remembers the last answer of a pure function, so that equal arguments give the same object and nothing is drawn again. */
export function memoizeLast<Given extends readonly unknown[], T>(make: (...given: Given) => T): (...given: Given) => T {
  let last: { readonly given: Given; readonly made: T } | null = null
  return (...given) => {
    if (!last?.given.every((one, i) => one === given[i])) last = { given, made: make(...given) }
    return last.made
  }
}

/** Returns the list before while the next one has the same items, so that nothing is drawn again for it. */
export function makeStableList<T>(): (list: readonly T[]) => readonly T[] {
  let last: readonly T[] = []
  return list => {
    const isSame = list.length === last.length && list.every((one, i) => one === last[i])
    if (!isSame) last = list
    return last
  }
}
