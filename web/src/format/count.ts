/** How often each value occurs. */
export function countBy<T>(values: Iterable<T>): ReadonlyMap<T, number> {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** `2,300`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** `1 row`, `2,300 rows`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** `999 bytes`, `1 kB`, `2.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 2 ** 10) return counted(bytes, 'byte')
  const [size, unit] = bytes < 2 ** 20 ? [bytes / 2 ** 10, 'kB'] : [bytes / 2 ** 20, 'MB']
  return `${size.toLocaleString('en-US', { maximumFractionDigits: unit === 'kB' ? 0 : 1 })} ${unit}`
}
