/** Unix epoch in milliseconds, UTC. */
export type Ms = number & { readonly __unit: 'ms' }

/** Venue and instrument, e.g. `bitstamp:BTC-USD`. */
export type Market = `${string}:${string}`
