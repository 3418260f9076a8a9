const names: Readonly<Record<string, string>> = {
  engine: 'engine: what it said',
  residual: 'model residual',
  'naive-residual': 'naive residual',
  move: 'control: the move alone',
  zscore: 'rolling z-score',
  'isolation-forest': 'isolation forest',
  kmeans: 'k-means',
  feed: 'feed: five witnesses',
  'gaussian-mixture': 'Gaussian mixture',
  surprise: 'quantile surprise',
  rules: 'four plain rules',
}

/** A detector as a table names it. */
export const nameOf = (id: string): string => names[id] ?? id
