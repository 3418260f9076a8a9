export interface Wanted {
  readonly market: string
  readonly interval: string
  /** Days, UTC, as a date field has them; empty = no bound. Both are included. */
  readonly from: string
  readonly to: string
  readonly verdicts: boolean
}

/** Where that file is; null when the last day comes before the first. */
export function downloadOf({ market, interval, from, to, verdicts }: Wanted): string | null {
  if (from !== '' && to !== '' && to < from) return null
  const query = new URLSearchParams({ market, interval })
  if (from !== '') query.set('from', from)
  if (to !== '') query.set('to', dayAfter(to))
  if (verdicts) query.set('verdicts', 'true')
  return `/api/bars.csv?${query}`
}

const dayAfter = (day: string) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
