import { ApiError, addressOf, makeAsk } from '@candlewatch/api/client'

export { ApiError, addressOf as routeAddress }

/** Calls a route of the API by its name. The contract types what is sent and what is answered; no schema is loaded. */
export const ask = makeAsk({ fetch: (address, init) => fetch(address, init) })

/** A stream that is asked about: a market and an interval such as `1h`. */
export interface StreamQuery {
  readonly market: string
  readonly interval: string
}

/** An answer this late counts as none, so that the page reports a lost server within 5 s. */
const patienceMs = 4_000

/** The options of a call that must be answered soon. */
export function soon(): { readonly signal: AbortSignal } {
  return { signal: AbortSignal.timeout(patienceMs) }
}

/** The message of whatever was thrown, as a sentence for the reader. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Reads page after page, until there is no cursor to the next. */
export async function* pages<T extends { readonly nextCursor: string | null }>(
  page: (cursor: { readonly cursor?: string }) => Promise<T>,
): AsyncGenerator<T> {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer: T = await page(cursor ? { cursor } : {})
    yield answer
    cursor = answer.nextCursor
  }
}
