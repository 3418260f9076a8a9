/** The upper median; reorders `values`, of which there must be one at least. Quickselect: Hoare, CACM 4(7), 1961. */
export function median(values: Float64Array): number {
  const middle = values.length >> 1
  let from = 0
  let to = values.length - 1
  while (from < to) {
    const pivot = values[(from + to) >> 1]!
    let i = from
    let j = to
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i <= j) {
        const swapped = values[i]!
        values[i++] = values[j]!
        values[j--] = swapped
      }
    }
    if (middle <= j) to = j
    else if (middle >= i) from = i
    else break
  }
  return values[middle]!
}
