/** The names of a detector. */
export interface DetectorText {
  readonly name: string
  /** The name within a sentence. */
  readonly inSentence: string
}

/** The detectors of the engine. core/src/detectors/registry.ts says how each is made. */
export const detectors = {
  residual: { name: 'Model error', inSentence: 'the model’s miss' },
  'naive-residual': { name: 'Naive forecast error', inSentence: 'the naive forecast’s miss' },
  feed: { name: 'Feed checks', inSentence: 'the feed’s witnesses' },
  move: { name: 'Price change only', inSentence: 'the move alone' },
  zscore: { name: 'z-score of the return', inSentence: 'the return’s z-score' },
  'isolation-forest': { name: 'Isolation forest', inSentence: 'the isolation forest' },
  kmeans: { name: 'k-means', inSentence: 'k-means' },
  'gaussian-mixture': { name: 'Gaussian mixture', inSentence: 'the Gaussian mixture' },
  surprise: { name: 'Forecast quantiles', inSentence: 'the forecast’s quantiles' },
  rules: { name: 'Rule set', inSentence: 'the four plain rules' },
} as const satisfies Readonly<Record<string, DetectorText>>

/** The id of a detector. */
export type DetectorId = keyof typeof detectors

/** What each detector measures. Kept apart from the names, so that the page does not carry what it does not show. */
export const detectorDescriptions: Readonly<Record<DetectorId, string>> = {
  residual: 'How far high or low left the model’s forecast, over its usual miss.',
  'naive-residual': 'How far high or low left the naive forecast, over its usual miss.',
  feed: 'Five checks of whether price and volume of a row fit together.',
  move: 'How far the price moved from the last close, over its usual move; no forecast is involved.',
  zscore: 'Deviations of the return from the mean of the last bars.',
  'isolation-forest': 'How few random cuts separate the bar from the past ones.',
  kmeans: 'Distance of the bar from the nearest cluster of past bars.',
  'gaussian-mixture': 'How improbable the bar is under a mixture of normal distributions fitted to past bars.',
  surprise: 'How improbable the bar is under the quantiles that were forecast.',
  rules: 'Fixed limits on spikes, jumps, breakouts and breaks from the mean.',
}

/** The checks of the feed detector. */
export const feedChecks = {
  'volume-alone': 'Volume without range',
  'range-alone': 'Range without volume',
  'wick-alone': 'Wick without volume',
  'move-alone': 'Move without volume',
  'ranges-alone': 'Ranges without volume',
} as const satisfies Readonly<Record<string, string>>

export type FeedCheckId = keyof typeof feedChecks

/** The name of a detector or of a check of the feed; the id itself if it is unknown, as in rows of another version. */
export function detectorName(id: string): string {
  if (isDetector(id)) return detectors[id].name
  return isFeedCheck(id) ? feedChecks[id] : id
}

export function isDetector(id: string): id is DetectorId {
  return Object.hasOwn(detectors, id)
}

function isFeedCheck(id: string): id is FeedCheckId {
  return Object.hasOwn(feedChecks, id)
}
