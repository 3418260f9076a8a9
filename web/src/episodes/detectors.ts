/** Detectors as a reader knows them. */
const names: Readonly<Record<string, string>> = {
  residual: 'Model’s miss',
  'naive-residual': 'Naive forecast’s miss',
  feed: 'Feed’s witnesses',
  move: 'Move alone',
  zscore: 'z-score of the return',
  'isolation-forest': 'Isolation forest',
  kmeans: 'k-means',
  'gaussian-mixture': 'Gaussian mixture',
  surprise: 'Forecast’s quantiles',
  rules: 'Four plain rules',
  'volume-alone': 'Volume without range',
  'range-alone': 'Range without volume',
  'ranges-alone': 'Ranges without volume',
  'wick-alone': 'Wick without volume',
  'move-alone': 'Move without volume',
}

export const detectorName = (id: string) => names[id] ?? id
