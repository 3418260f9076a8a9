import type { Verdict } from '@candlewatch/core/types'

/** Where a verdict, judged again, is not what was stored. */
export interface Difference {
  /** The bar's open, ISO 8601 UTC. */
  readonly date: string
  /** As in `high.expected`; empty where only the order or the writing differs. */
  readonly field: string
  readonly stored: unknown
  readonly judged: unknown
}

/** null for the same bytes. */
export function differenceOf(stored: string, judged: string): Difference | null {
  if (stored === judged) return null
  const [was, is] = [stored, judged].map(text => JSON.parse(text) as Verdict) as [Verdict, Verdict]
  return { date: was.date, ...(firstDifference(was, is, '') ?? { field: '', stored, judged }) }
}

/** The first field whose values differ; null if there is none. `field` names the whole. */
export function firstDifference(stored: unknown, judged: unknown, field: string): Omit<Difference, 'date'> | null {
  if (!isRecord(stored) || !isRecord(judged)) {
    return Object.is(stored, judged) ? null : { field, stored, judged }
  }
  for (const key of new Set([...Object.keys(stored), ...Object.keys(judged)])) {
    const found = firstDifference(stored[key], judged[key], field === '' ? key : `${field}.${key}`)
    if (found) return found
  }
  return null
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
