import type { Measured, ModelState, Version } from '../api/models.ts'

/** The champion first, then by when they were made, the newest first; those that cannot serve at the end. */
export function ordered(versions: readonly Version[]): readonly Version[] {
  const rank = ({ state }: Version) => (state === 'champion' ? 0 : state === 'refused' ? 2 : 1)
  const made = ({ createdAt }: Version) => (createdAt === null ? 0 : Date.parse(createdAt))
  return versions.toSorted((a, b) => rank(a) - rank(b) || made(b) - made(a))
}

/** Never by colour alone: a shape and a word. */
export const stateNames: Readonly<Record<ModelState, { readonly sign: string; readonly word: string }>> = {
  champion: { sign: '★', word: 'Champion' },
  candidate: { sign: '○', word: 'Candidate' },
  retired: { sign: '◷', word: 'Retired' },
  refused: { sign: '✕', word: 'Refused' },
}

/** `2.5 % better`, of the naive forecast's error. */
export function againstNaive({ mae, baselineMae }: Measured): string {
  return comparedText(mae, baselineMae)
}

/** How much smaller the one error is than the other. */
export function comparedText(error: number, other: number): string {
  const percent = (100 * (1 - error / other)).toFixed(1)
  if (Number(percent) === 0) return 'the same'
  return `${percent.replace('-', '')} % ${percent.startsWith('-') ? 'worse' : 'better'}`
}

export const formatShare = (share: number): string => `${(100 * share).toFixed(1)} %`

/** An error in the quote currency, as many digits as tell two models apart. */
export const formatError = (error: number): string => error.toFixed(2)
