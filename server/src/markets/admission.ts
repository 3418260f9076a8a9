import type { MarketStore } from '@candlewatch/adapters/stores/markets'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'

/** Lets a stream be judged. Throws ERR_MARKET_ARCHIVED, and ERR_MARKETS_FULL for a new one beyond the limit. */
export type Admit = (stream: Stream) => Promise<void>

/** Makes the check that every stream passes before its first row is judged. */
export function makeAdmission(store: Pick<MarketStore, 'admit'>, maxMarkets: number): Admit {
  return async stream => {
    const admission = await store.admit(stream, maxMarkets)
    const { market, intervalMs } = stream
    if (admission === 'archived') {
      const message = `Expected a market in use, found ${market} ${formatInterval(intervalMs)}, which is archived. Take it into use again with PATCH /api/markets.`
      throw new CandlewatchError('ERR_MARKET_ARCHIVED', message, { field: 'market' })
    }
    if (admission === 'full') {
      const message = `Expected one of the ${maxMarkets} known markets, found the new one ${market} ${formatInterval(intervalMs)}. Delete markets that are no longer needed (DELETE /api/markets), or raise MAX_MARKETS.`
      throw new CandlewatchError('ERR_MARKETS_FULL', message, { field: 'market' })
    }
  }
}
