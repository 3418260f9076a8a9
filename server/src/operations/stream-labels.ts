/** The labels that name a stream in the metrics. */
export type StreamLabels = Record<'market' | 'interval', string>

// Each stream makes some sixty series, which stay in memory, and any client that may post can name a market.
const maxNamed = 20

/** Makes the function that names a stream's labels: its own for the first twenty streams, `other` for the rest. */
export function makeStreamLabels(max = maxNamed): (stream: StreamLabels) => StreamLabels {
  const named = new Map<string, StreamLabels>()
  return ({ market, interval }) => {
    const key = `${market}@${interval}`
    const known = named.get(key)
    if (known) return known
    if (named.size >= max) return { market: 'other', interval: 'other' }
    const labels = { market, interval }
    named.set(key, labels)
    return labels
  }
}
