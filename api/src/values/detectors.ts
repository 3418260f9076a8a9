/** What people read of a detector. */
export interface DetectorText {
  readonly name: string
  /** The name within a sentence. */
  readonly inSentence: string
  readonly description: string
}

/** The detectors of the engine. core/src/detectors/registry.ts says how each is made. */
export const detectors = {
  residual: {
    name: 'Model’s miss',
    inSentence: 'the model’s miss',
    description: 'How far high or low left the model’s forecast, over its usual miss.',
  },
  'naive-residual': {
    name: 'Naive forecast’s miss',
    inSentence: 'the naive forecast’s miss',
    description: 'How far high or low left the naive forecast, over its usual miss.',
  },
  feed: {
    name: 'Feed’s witnesses',
    inSentence: 'the feed’s witnesses',
    description: 'Five checks of whether price and volume of a row fit together.',
  },
  move: {
    name: 'Move alone',
    inSentence: 'the move alone',
    description: 'How far the price moved from the last close, over its usual move; no forecast is involved.',
  },
  zscore: {
    name: 'z-score of the return',
    inSentence: 'the return’s z-score',
    description: 'Deviations of the return from the mean of the last bars.',
  },
  'isolation-forest': {
    name: 'Isolation forest',
    inSentence: 'the isolation forest',
    description: 'How few random cuts separate the bar from the past ones.',
  },
  kmeans: {
    name: 'k-means',
    inSentence: 'k-means',
    description: 'Distance of the bar from the nearest cluster of past bars.',
  },
  'gaussian-mixture': {
    name: 'Gaussian mixture',
    inSentence: 'the Gaussian mixture',
    description: 'How improbable the bar is under a mixture of normal distributions fitted to past bars.',
  },
  surprise: {
    name: 'Forecast’s quantiles',
    inSentence: 'the forecast’s quantiles',
    description: 'How improbable the bar is under the quantiles that were forecast.',
  },
  rules: {
    name: 'Four plain rules',
    inSentence: 'the four plain rules',
    description: 'Fixed limits on spikes, jumps, breakouts and breaks from the mean.',
  },
} as const satisfies Readonly<Record<string, DetectorText>>

export type DetectorId = keyof typeof detectors

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
