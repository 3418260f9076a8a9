import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import { featureSet } from '@candlewatch/core/features/volatility-scaled'
import { floatsToBytes } from '@candlewatch/core/state/bytes'
import type { Series } from '@candlewatch/core/types'
import { z } from 'zod'
import type { Result } from './halving.ts'
import type { Configuration } from './space.ts'

const entry = z.object({
  setup: z.string(),
  trial: z.int(),
  fold: z.int(),
  rung: z.int(),
  loss: z.number().nullable(),
})

/** Keeps finished results, one JSON line each, so that a restart does not repeat them. */
export interface Journal {
  find(key: Omit<Result, 'loss'>): Result | undefined
  append(result: Result): void
  readonly size: number
  /** Lines of other rows or options, which are left alone. */
  readonly others: number
}

/** Opens the journal. A last line that was half written when the process ended is ignored; the next result starts a new line. */
export function openJournal(file: string, setup: string): Journal {
  const text = readIfThere(file)
  const lines = text.split('\n').flatMap(line => parsed(line))
  const results = new Map(lines.filter(line => line.setup === setup).map(line => [keyOf(line), line as Result]))
  let between = text === '' || text.endsWith('\n') ? '' : '\n'
  return {
    others: lines.filter(line => line.setup !== setup).length,
    get size() {
      return results.size
    },
    find: key => results.get(keyOf(key)),
    append({ trial, fold, rung, loss }) {
      const result = { trial, fold, rung, loss }
      appendFileSync(file, `${between}${JSON.stringify({ setup, ...result })}\n`)
      between = ''
      results.set(keyOf(result), result)
    },
  }
}

/** Identifies a setup. Results are comparable if rows, trials, folds, seed, features and backend are the same. */
export function setupOf(
  series: Series,
  options: { readonly trials: readonly Configuration[]; readonly folds: number; readonly seed: number },
  backend: string,
): string {
  const numbers = series.bars.flatMap(b => [b.ts, b.open, b.high, b.low, b.close, b.volume])
  const hash = createHash('sha256').update(floatsToBytes(numbers))
  return hash
    .update(JSON.stringify([series.intervalMs, options, featureSet, backend]))
    .digest('hex')
    .slice(0, 16)
}

const keyOf = ({ trial, fold, rung }: Omit<Result, 'loss'>) => `${rung}/${trial}/${fold}`

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

function parsed(line: string): z.output<typeof entry>[] {
  try {
    return [entry.parse(JSON.parse(line))]
  } catch {
    return []
  }
}
