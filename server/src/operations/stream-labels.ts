export type StreamLabels = Record<'market' | 'interval', string>

// Each makes some sixty series. Anyone who may post can name a market, and a series costs memory for good.
const mostNamed = 20

/** Labels of a market and interval: its own for the first twenty that are asked for, `other` for the rest. */
export function makeStreamLabels(most = mostNamed): (stream: StreamLabels) => StreamLabels {
  const named = new Map<string, StreamLabels>()
  return ({ market, interval }) => {
    const key = `${market}@${interval}`
    const known = named.get(key)
    if (known) return known
    if (named.size >= most) return { market: 'other', interval: 'other' }
    const labels = { market, interval }
    named.set(key, labels)
    return labels
  }
}
