import type { FileCheck, Import } from '@candlewatch/api/imports'
import { maxFileBytes } from '@candlewatch/api/values/limits'
import { counted, formatBytes, formatCount } from '../format/count.ts'
import { formatSpan } from '../format/when.ts'

/** The reason why a file is not sent at all; null if it may be sent. */
export function fileRefusal({ name, size }: Pick<File, 'name' | 'size'>): string | null {
  if (size === 0) return `${name} is empty.`
  if (size <= maxFileBytes) return null
  return `${name} has ${formatBytes(size)}; the limit is ${formatBytes(maxFileBytes)}. Split it, for example by year, and import the parts.`
}

/** Says what an import would do with the rows of a file, one sentence for each kind of row. */
export function checkSentences(check: FileCheck): readonly string[] {
  const { fresh, known, fills, late, replaced, repeated, missing, gapCount } = check
  return [
    fresh > 0 && `${counted(fresh, 'row')} ${fresh === 1 ? 'is' : 'are'} new and will be judged.`,
    known > 0 && `${counted(known, 'row')} ${known === 1 ? 'is' : 'are'} already stored with the same numbers.`,
    fills > 0 &&
      `${counted(fills, 'row')} ${fills === 1 ? 'fills a gap' : 'fill gaps'}; ${fills === 1 ? 'it' : 'they'} and the bars after ${fills === 1 ? 'it' : 'them'} will be judged.`,
    late > 0 && `${counted(late, 'row')} ${late === 1 ? 'is' : 'are'} too old to be judged; stored for training only.`,
    replaced > 0 &&
      `${counted(replaced, 'row')} of these ${replaced === 1 ? 'replaces a row' : 'replace rows'} of an earlier import.`,
    repeated > 0 &&
      `${counted(repeated, 'row')} ${repeated === 1 ? 'appears' : 'appear'} more than once in the file and count once.`,
    gapCount > 0 &&
      `${counted(missing, 'bar')} ${missing === 1 ? 'is' : 'are'} missing in ${counted(gapCount, 'gap')}.`,
  ].filter(sentence => sentence !== false)
}

/** The rows that were stored at a time of the reader's clock. */
export interface Progress {
  readonly atMs: number
  readonly done: number
}

/** How long the rest of an import takes at the pace since `first`; null while that is too little to go by. */
export function timeLeft(first: Progress, now: Progress, rows: number): string | null {
  const [took, moved] = [now.atMs - first.atMs, now.done - first.done]
  if (took < 2_000 || moved <= 0 || now.done >= rows) return null
  const leftMs = (took / moved) * (rows - now.done)
  return `about ${leftMs < 90_000 ? `${Math.ceil(leftMs / 1_000)} s` : formatSpan(leftMs)} left`
}

/** How an import ended, or how far it is. */
export function importOutcome({ state, rows, done, judged, known, late, error }: Import): string {
  const stored = `${formatCount(done)} of ${counted(rows, 'row')}`
  if (state === 'running') return stored
  const goOn = 'These rows stay stored; send the file again to continue.'
  if (state === 'failed') return `Failed after ${stored}. ${error?.detail ?? ''} ${goOn}`
  if (state === 'stopped') return `Stopped after ${stored}. ${goOn}`
  const parts = [
    `${formatCount(judged)} judged`,
    known > 0 && `${formatCount(known)} already stored`,
    late > 0 && `${formatCount(late)} stored for training only`,
  ].filter(part => part !== false)
  return `${counted(rows, 'row')} imported: ${parts.join(', ')}.`
}
