/** The names of a detector. */
export interface DetectorText {
  readonly name: string
  /** The name within a sentence. */
  readonly inSentence: string
}

/** The detectors of the engine. core/src/detectors/registry.ts makes them. */
export const detectors = {
  residual: { name: 'Model error', inSentence: 'the model error' },
  'naive-residual': { name: 'Naive forecast error', inSentence: 'the naive forecast error' },
  feed: { name: 'Feed checks', inSentence: 'the feed checks' },
  move: { name: 'Price change only', inSentence: 'the price change alone' },
  zscore: { name: 'z-score of the return', inSentence: 'the return’s z-score' },
  'isolation-forest': { name: 'Isolation forest', inSentence: 'the isolation forest' },
  kmeans: { name: 'k-means', inSentence: 'k-means' },
  'gaussian-mixture': { name: 'Gaussian mixture', inSentence: 'the Gaussian mixture' },
  surprise: { name: 'Forecast quantiles', inSentence: 'the forecast quantiles' },
  rules: { name: 'Rule set', inSentence: 'the rule set' },
} as const satisfies Readonly<Record<string, DetectorText>>

/** The id of a detector. */
export type DetectorId = keyof typeof detectors

/** A sentence for each detector on what it measures. It is kept apart from the names so that the page does not load it. */
export const detectorDescriptions: Readonly<Record<DetectorId, string>> = {
  residual: 'Distance of high or low from the model’s forecast, relative to its usual error.',
  'naive-residual': 'Distance of high or low from the naive forecast, relative to its usual error.',
  feed: 'Five checks of whether price and volume of a row fit together.',
  move: 'Distance of the price from the last close, relative to its usual move; no forecast is involved.',
  zscore: 'Standard deviations of the return from the mean of the last bars.',
  'isolation-forest': 'How few random cuts separate the bar from past bars.',
  kmeans: 'Distance of the bar from the nearest cluster of past bars.',
  'gaussian-mixture': 'How improbable the bar is under a mixture of normal distributions fitted to past bars.',
  surprise: 'How improbable the bar is under the forecast quantiles.',
  rules: 'Fixed limits on spikes, jumps, breakouts and deviations from the mean.',
}

/** The checks of the feed detector. */
export const feedChecks = {
  'volume-alone': 'Volume without range',
  'range-alone': 'Range without volume',
  'wick-alone': 'Wick without volume',
  'move-alone': 'Move without volume',
  'ranges-alone': 'Ranges without volume',
} as const satisfies Readonly<Record<string, string>>

/** The id of a check of the feed detector. */
export type FeedCheckId = keyof typeof feedChecks

/** The name of a detector or of a check of the feed; the id itself if it is unknown, as in rows of another version. */
export function detectorName(id: string): string {
  if (isDetector(id)) return detectors[id].name
  return isFeedCheck(id) ? feedChecks[id] : id
}

/** Tells whether an id belongs to a detector of this version. */
export function isDetector(id: string): id is DetectorId {
  return Object.hasOwn(detectors, id)
}

function isFeedCheck(id: string): id is FeedCheckId {
  return Object.hasOwn(feedChecks, id)
}
