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
}

export const detectorName = (id: string) => names[id] ?? id
