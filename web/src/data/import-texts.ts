import type { FileCheck, Import } from '../api/data.ts'
import { counted, formatBytes, formatCount } from '../format/count.ts'
import { formatSpan } from '../format/when.ts'

export const mostFileBytes = 64 * 2 ** 20

/** Why a file need not be sent; null when it may be. */
export function refusalOf({ name, size }: Pick<File, 'name' | 'size'>): string | null {
  if (size === 0) return `${name} is empty.`
  if (size <= mostFileBytes) return null
  return `${name} has ${formatBytes(size)}; a file may have ${formatBytes(mostFileBytes)}. Split it, say by years, and bring the parts.`
}

/** What an import would make of the rows, a sentence each. */
export function sentencesOf(check: FileCheck): readonly string[] {
  const { fresh, known, late, replaced, repeated, missing, gapCount } = check
  return [
    fresh > 0 && `${counted(fresh, 'row')} ${fresh === 1 ? 'is' : 'are'} new and will be judged.`,
    known > 0 && `${counted(known, 'row')} ${known === 1 ? 'is' : 'are'} stored already, with the same numbers.`,
    late > 0 &&
      `${counted(late, 'row')} can’t be judged any more, being older than the newest bar: kept as history alone, for training.`,
    replaced > 0 &&
      `${counted(replaced, 'row')} of these ${replaced === 1 ? 'replaces' : 'replace'} what was imported before.`,
    repeated > 0 &&
      `${counted(repeated, 'row')} ${repeated === 1 ? 'stands' : 'stand'} in it more than once, and count once.`,
    gapCount > 0 &&
      `${counted(missing, 'bar')} ${missing === 1 ? 'is' : 'are'} missing in ${counted(gapCount, 'gap')}.`,
  ].filter(sentence => sentence !== false)
}

/** How long the rest takes at the pace since `first` was heard; null while that is too little to go by. */
export function leftOf(first: Heard, now: Heard, rows: number): string | null {
  const [took, moved] = [now.atMs - first.atMs, now.done - first.done]
  if (took < 2_000 || moved <= 0 || now.done >= rows) return null
  const leftMs = (took / moved) * (rows - now.done)
  return `about ${leftMs < 90_000 ? `${Math.ceil(leftMs / 1_000)} s` : formatSpan(leftMs)} left`
}

/** How many rows were stored at a moment of the reader's clock. */
export interface Heard {
  readonly atMs: number
  readonly done: number
}

/** How an import ended, or how far it is. */
export function outcomeOf({ state, rows, done, judged, known, late, error }: Import): string {
  const stored = `${formatCount(done)} of ${counted(rows, 'row')}`
  if (state === 'running') return stored
  if (state === 'failed')
    return `Failed after ${stored}. ${error?.detail ?? ''} Those stay; send the file again to go on.`
  if (state === 'stopped') return `Stopped after ${stored}. Those stay; send the file again to go on.`
  const parts = [
    `${formatCount(judged)} judged`,
    known > 0 && `${formatCount(known)} known before`,
    late > 0 && `${formatCount(late)} kept as history alone`,
  ].filter(part => part !== false)
  return `${counted(rows, 'row')} imported: ${parts.join(', ')}.`
}
