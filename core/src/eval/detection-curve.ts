import { nth } from '../nth.ts'
/**
 * Average precision over every threshold: the mean, over the positives, of the precision at the threshold that just finds
 * each. Equal scores are found together. null without positives. NaN scores stand for "no opinion" and come last.
 */
export function averagePrecision(positives: readonly number[], negatives: readonly number[]): number | null {
  if (positives.length === 0) return null
  const all = [...positives.map(score => ({ score, is: 1 })), ...negatives.map(score => ({ score, is: 0 }))]
    .map(({ score, is }) => ({ score: Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score, is }))
    .sort((a, b) => b.score - a.score)
  let [found, sum] = [0, 0]
  for (let at = 0; at < all.length; ) {
    const { score } = nth(all, at)
    let foundHere = 0
    for (; all[at]?.score === score; at++) foundHere += nth(all, at).is
    found += foundHere
    sum += (foundHere * found) / at
  }
  return sum / positives.length
}

/** The score that a share of the others exceeds, no more: Infinity for none of them. NaN scores are left out. */
export function thresholdAt(falseAlarmRate: number, negatives: readonly number[]): number {
  const known = negatives.filter(score => !Number.isNaN(score)).sort((a, b) => b - a)
  return known[Math.floor(falseAlarmRate * known.length)] ?? Number.NEGATIVE_INFINITY
}

/** The share of positives above the score that no larger share of negatives exceeds; null without positives. */
export function recallAt(
  falseAlarmRate: number,
  positives: readonly number[],
  negatives: readonly number[],
): number | null {
  if (positives.length === 0) return null
  const threshold = thresholdAt(falseAlarmRate, negatives)
  return positives.filter(score => score > threshold).length / positives.length
}
