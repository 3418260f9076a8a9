/** How often bars occur that deviate at least as much: once in `count` weeks or days, or one of `count` bars. */
export interface Rarity {
  readonly count: number
  readonly unit: 'weeks' | 'days' | 'bars'
}

const dayMs = 86_400_000

/** Converts a p-value, the share of past bars that deviated at least as much (above 0), to a rarity. */
export function rarityOf(pValue: number, intervalMs: number): Rarity {
  const days = intervalMs / pValue / dayMs
  if (days >= 13.5) return { count: Math.round(days / 7), unit: 'weeks' }
  if (days >= 1.5) return { count: Math.round(days), unit: 'days' }
  return { count: Math.round(1 / pValue), unit: 'bars' }
}

/** Renders a p-value within a sentence: `about once in 3 weeks`. */
export function rarityInSentence(pValue: number | null, intervalMs: number): string {
  if (pValue === null) return 'at a rate not known yet'
  const { count, unit } = rarityOf(pValue, intervalMs)
  return unit === 'bars' ? `in about 1 of ${count} bars` : `about once in ${count} ${unit}`
}

/** Renders a p-value on its own: `once in 3 weeks`. */
export function rarityText(pValue: number | null, intervalMs: number): string {
  if (pValue === null || pValue <= 0) return '–'
  const { count, unit } = rarityOf(pValue, intervalMs)
  return unit === 'bars' ? `1 of ${count} bars` : `once in ${count} ${unit}`
}
