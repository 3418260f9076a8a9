import type { FeedHealth } from '../state/health.ts'

/** A feed's state with a sign of its own. */
export const feedWords: Readonly<Record<FeedHealth['state'], string>> = {
  live: '● On time',
  stale: '▲ Stale',
  past: '◷ Past',
  empty: '○ No rows',
}
