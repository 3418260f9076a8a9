import type { ModelReason } from '@candlewatch/api/markets'
import { formatInterval } from '../interval.ts'
import type { Stream } from '../time.ts'
import type { Manifest } from './artifact.ts'

/** What a choice needs to know of a model. */
export type Choosable = Pick<Manifest, 'name' | 'market' | 'interval' | 'training' | 'metrics'>

/** The model of a server that is set to no other. It judges the streams that no model fits. */
export const mainModel = 'btc-usd-1h'

/** A model and why it was chosen. */
export interface Choice<Model> {
  readonly model: Model
  readonly because: ModelReason
}

/**
 * Chooses the model of a stream: its own, if that was better than the naive forecast where it was validated; else one of any
 * market, rather one that learned from the stream's family. Of several that fit alike, the one with the newest rows. A model
 * of another market or interval is chosen by nothing but a setting: on every other market and interval that was tried, one
 * of any market erred less. Null if none fits.
 */
export function chooseModel<Model extends { readonly manifest: Choosable }>(
  stream: Stream,
  models: readonly Model[],
): Choice<Model> | null {
  const newestFirst = [...models].sort((a, b) => (isNewer(a.manifest, b.manifest) ? -1 : 1))
  const find = (because: ModelReason, fits: (manifest: Choosable) => boolean): Choice<Model> | null => {
    const model = newestFirst.find(({ manifest }) => fits(manifest))
    return model === undefined ? null : { model, because }
  }
  const isAny = ({ market }: Choosable) => market === null
  return (
    find('own', manifest => isOwn(manifest, stream) && isBetterThanNaive(manifest)) ??
    find('family', manifest => isAny(manifest) && isOfFamily(manifest, stream)) ??
    find('any', isAny)
  )
}

/**
 * Returns the open of the newest row that a model has seen of a market, ISO 8601: of the series of that market or, where it
 * has learned from others only, of its family. Null if it knows neither.
 */
export function trainedTo({ market, training: { to, series } }: Pick<Choosable, 'market' | 'training'>, of: string) {
  if (market !== null || series === undefined) return to
  const [own, family] = [
    (one: string) => one === realMarket(of),
    (one: string) => familyOf(one) === familyOf(realMarket(of)),
  ]
  const newest = (fits: (one: string) => boolean) =>
    series
      .filter(one => fits(one.market))
      .map(one => one.to)
      .sort()
      .at(-1) ?? null
  return newest(own) ?? newest(family)
}

function isNewer(a: Choosable, b: Choosable): boolean {
  return a.training.to === b.training.to ? a.name < b.name : a.training.to > b.training.to
}

function isOwn({ market, interval }: Choosable, stream: Stream): boolean {
  return market === realMarket(stream.market) && interval === formatInterval(stream.intervalMs)
}

function isBetterThanNaive({ metrics: { high, low } }: Choosable): boolean {
  return high.mae + low.mae < high.baselineMae + low.baselineMae
}

function isOfFamily({ training: { series = [] } }: Choosable, { market }: Stream): boolean {
  const family = familyOf(realMarket(market))
  return series.some(one => familyOf(one.market) === family)
}

/** Venue and quote currency: binance:ETH-USDT is of the family binance:USDT. */
function familyOf(market: string): string {
  const [venue, instrument = ''] = market.split(':')
  return `${venue}:${instrument.slice(instrument.lastIndexOf('-') + 1)}`
}

/** The market that a replay shows again: replay:NAME/venue:INSTRUMENT is one of its own, with the same rows. */
function realMarket(market: string): string {
  return market.startsWith('replay:') ? market.slice(market.indexOf('/') + 1) : market
}
