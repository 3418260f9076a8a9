/** How often bars come that are at least as strange: once in `count` weeks or days, or one bar of `count`. */
export interface Rarity {
  readonly count: number
  readonly unit: 'weeks' | 'days' | 'bars'
}

const dayMs = 86_400_000

/** `pValue`: the share of past bars at least as strange; above 0. */
export function rarityOf(pValue: number, intervalMs: number): Rarity {
  const days = intervalMs / pValue / dayMs
  if (days >= 13.5) return { count: Math.round(days / 7), unit: 'weeks' }
  if (days >= 1.5) return { count: Math.round(days), unit: 'days' }
  return { count: Math.round(1 / pValue), unit: 'bars' }
}

/** `about once in 3 weeks`, within a sentence. */
export function rarityInSentence(pValue: number | null, intervalMs: number): string {
  if (pValue === null) return 'at a rate not known yet'
  const { count, unit } = rarityOf(pValue, intervalMs)
  return unit === 'bars' ? `in about one bar of ${count}` : `about once in ${count} ${unit}`
}

/** `once in 3 weeks`, by itself. */
export function rarityText(pValue: number | null, intervalMs: number): string {
  if (pValue === null || pValue <= 0) return '–'
  const { count, unit } = rarityOf(pValue, intervalMs)
  return unit === 'bars' ? `1 bar of ${count}` : `once in ${count} ${unit}`
}
