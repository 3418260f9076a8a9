/** A bar as the server answers it; `date` is its open. */
export interface Row {
  readonly date: string
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

/** The visible range and the bars that are drawn, as far as the peer tells: UTC milliseconds. */
export interface Shown {
  readonly range: readonly [from: number, to: number]
  readonly drawn: readonly [from: number, to: number]
}

declare global {
  interface Window {
    /** A peer's page answers it of itself. */
    shown?(): Shown
  }
}

export const host = document.getElementById('chart')!
const query = new URLSearchParams(location.search)

/** Every bar of the market that the address names, oldest first. */
export async function history(): Promise<Row[]> {
  const pages: Row[][] = []
  for (let cursor = ''; ; ) {
    const response = await fetch(`/api/bars?${query}&limit=10000${cursor}`)
    const { bars, nextCursor } = (await response.json()) as { bars: Row[]; nextCursor: string | null }
    pages.unshift(bars)
    if (nextCursor === null) return pages.flat()
    cursor = `&cursor=${encodeURIComponent(nextCursor)}`
  }
}

/** The bars that come from now on. */
export function follow(take: (row: Row) => void): void {
  const stream = new EventSource(`/api/stream?${query}`)
  stream.addEventListener('bar', event => take(JSON.parse(event.data)))
}

/** The keys that Candlewatch has: 2 is a week, 4 is all. */
export function onKeys(week: () => unknown, all: () => unknown): void {
  document.addEventListener('keydown', ({ key }) => {
    if (key === '2') week()
    if (key === '4') all()
  })
}

export const weekMs = 7 * 86_400_000
