import type { Model } from '@candlewatch/api/models'

/** The error of a forecast in a validation window, the naive forecast's error there, and how often the 90 % range held. */
export interface Measured {
  readonly mae: number
  readonly baselineMae: number
  readonly coverage90: number
}

/** The versions in the order in which they are listed: the champion, then the newest first, then those that cannot be used. */
export function ordered(versions: readonly Model[]): readonly Model[] {
  const rank = ({ state }: Model) => (state === 'champion' ? 0 : state === 'refused' ? 2 : 1)
  const created = ({ createdAt }: Model) => (createdAt === null ? 0 : Date.parse(createdAt))
  return versions.toSorted((a, b) => rank(a) - rank(b) || created(b) - created(a))
}

/** `2.5 % better`: the model's error compared with the naive forecast's. */
export function comparedWithNaive({ mae, baselineMae }: Measured): string {
  return comparedText(mae, baselineMae)
}

/** How much smaller or larger one error is than another. */
export function comparedText(error: number, other: number): string {
  const percent = (100 * (1 - error / other)).toFixed(1)
  if (Number(percent) === 0) return 'the same'
  return `${percent.replace('-', '')} % ${percent.startsWith('-') ? 'worse' : 'better'}`
}

/** 0.9012 → `90.1 %`. */
export const formatShare = (share: number): string => `${(100 * share).toFixed(1)} %`

/** An error in the quote currency, with as many digits as tell two models apart. */
export const formatError = (error: number): string => error.toFixed(2)
