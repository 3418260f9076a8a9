import type { MarketSummary } from '@candlewatch/api/markets'

/** Why a market is judged by its model, in one sentence. */
export const modelReasons: Readonly<Record<MarketSummary['model']['because'], string>> = {
  set: 'The model is chosen by a setting.',
  own: 'The model was trained for this market and interval.',
  family: 'The model is for any market and was trained on markets of this venue and quote currency.',
  any: 'The model is for any market; this one has none of its own.',
  only: 'The model was trained for another market; none fits this one.',
}
