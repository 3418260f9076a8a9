import { first, known, nth } from '../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { Ewma } from '../stats/ewma.ts'
import { Extreme } from '../stats/extreme.ts'
import { dayMs, hourMs, openOf } from '../time.ts'
import type { Bar, Ms } from '../types.ts'
import type { BarKind, Features, Season } from './features.ts'
import { type OpeningRatios, ordinaryRatios } from './opening-scale.ts'

/** In this order. A model's manifest repeats name, version and order, and is refused when they differ. */
export const featureNames = [
  'return',
  'high over close',
  'close over low',
  'up move',
  'down move',
  'range',
  'log volume ratio',
  'log range ewma 3',
  'log range ewma 72',
  'log range ewma 720',
  'season',
  'hour sine',
  'hour cosine',
  'log deseasoned range ewma 12',
  'log range ewma 168',
  'log rogers-satchell volatility 24',
  'trend 12',
  'trend 48',
  'asymmetry 6',
  'log volatility of volatility 24',
  'below the highest of 24',
  'above the lowest of 24',
  'below the highest of 168',
  'above the lowest of 168',
  'log volume ewma 24',
] as const

export const featureSet = { name: 'volatility-scaled', version: 2, features: featureNames } as const

// Past this a bar says "extreme" and nothing more; a bad tick must not saturate what follows.
const clipAt = 8
// One bar counts for at most six times the scale: a bad tick learned as it stands would blind the engine for hours.
const winsorAt = 6
// A flat feed would drive the scale to zero and the next tick's features to infinity: a range of 0.01 % is the floor.
const floorLogRange = 1e-4

const ordinaryKind = ({ ts }: Bar): BarKind => ({
  ratios: ordinaryRatios,
  nextOpen: ts,
  isNextOpening: false,
  isUsual: true,
})

/** The means that a bar is measured by; each half-life in bars. */
const makeEwmas = () => ({
  scale: new Ewma(12),
  range3: new Ewma(3),
  range72: new Ewma(72),
  range720: new Ewma(720),
  volume72: new Ewma(72),
  range168: new Ewma(168),
  deseasoned12: new Ewma(12),
  rogersSatchell24: new Ewma(24),
  trend12: new Ewma(12),
  trend48: new Ewma(48),
  up6: new Ewma(6),
  down6: new Ewma(6),
  unrest24: new Ewma(24),
  volume24: new Ewma(24),
})

/**
 * A bar in units of the volatility around it: log ratios over S, the EWMA of log(high/low) with a half-life of 12 bars.
 * That makes 2018's and 2021's hours alike to a model. Incremental: one bar in, one row out.
 */
export class VolatilityScaled implements Features {
  readonly width: number = featureNames.length
  readonly #intervalMs: Ms
  readonly #season: Season
  readonly #ewmas = makeEwmas()
  readonly #day = { highest: new Extreme(24, 'highest'), lowest: new Extreme(24, 'lowest') }
  readonly #week = { highest: new Extreme(168, 'highest'), lowest: new Extreme(168, 'lowest') }
  #previousClose: number | null = null

  /** `season`: how wide the bars of each hour are, or the mean range of each UTC hour over that of all hours. */
  constructor(intervalMs: Ms, season: Season | readonly number[]) {
    this.#intervalMs = intervalMs
    this.#season = 'at' in season && 'learn' in season ? season : fixedSeason(intervalMs, season)
  }

  /** S, as a log ratio; null before the first bar. */
  get scale(): number | null {
    const { mean } = this.#ewmas.scale
    return mean === null ? null : Math.max(mean, floorLogRange)
  }

  /** EWMA of log(high/low) with a half-life of 3 bars, which the naive forecast uses; null before the first bar. */
  get fastRange(): number | null {
    return this.#ewmas.range3.mean
  }

  /** The volume that is usual, base currency; null before the first bar. */
  get usualVolume(): number | null {
    return this.#ewmas.volume72.mean
  }

  /** Multiplies every price that it knows; log ratios stay as they are. */
  rescale(factor: number): void {
    if (this.#previousClose !== null) this.#previousClose *= factor
    for (const window of this.#windows()) window.rescale(factor)
  }

  /**
   * Takes the bar in and answers its row of features; null for the first bar, which has no return.
   */
  learn(bar: Bar, kind: BarKind = ordinaryKind(bar)): Float32Array | null {
    const { ratios, nextOpen } = kind
    const usualVolume = this.usualVolume ?? bar.volume / ratios.volume
    const previousClose = this.#previousClose
    const before = this.scale ?? Math.max(Math.log(bar.high / bar.low) / ratios.range, floorLogRange)
    const isScale = kind.isUsual || previousClose === null
    if (isScale) this.#learnRanges(bar, before, ratios)
    this.#learnMoves(bar, previousClose ?? bar.open, before, ratios)
    const volume = Math.min(bar.volume / ratios.volume, winsorAt * Math.max(usualVolume, Number.MIN_VALUE))
    if (isScale) {
      this.#ewmas.volume72.learn(volume)
      this.#ewmas.volume24.learn(volume)
    }
    this.#previousClose = bar.close
    return previousClose === null ? null : this.#row(bar, previousClose, usualVolume, ratios, nextOpen)
  }

  #learnRanges(bar: Bar, before: number, ratios: OpeningRatios): void {
    const ewmas = this.#ewmas
    const range = Math.min(winsorAt * before, Math.log(bar.high / bar.low) / ratios.range)
    for (const ewma of [ewmas.scale, ewmas.range3, ewmas.range72, ewmas.range168, ewmas.range720]) ewma.learn(range)
    const openMs = openOf(bar, this.#intervalMs)
    ewmas.deseasoned12.learn(range / this.#season.at(openMs))
    this.#season.learn(openMs, range)
    ewmas.rogersSatchell24.learn(Math.min(rogersSatchell(bar) / ratios.range ** 2, (winsorAt * before) ** 2))
    ewmas.unrest24.learn(Math.abs(range - before))
  }

  #learnMoves(bar: Bar, previousClose: number, before: number, ratios: OpeningRatios): void {
    const ewmas = this.#ewmas
    const held = (x: number) => Math.max(-winsorAt * before, Math.min(winsorAt * before, x))
    const logReturn = held(Math.log(bar.close / previousClose) / ratios.move)
    ewmas.trend12.learn(logReturn)
    ewmas.trend48.learn(logReturn)
    ewmas.up6.learn(held(Math.max(0, Math.log(bar.high / previousClose) / ratios.move)))
    ewmas.down6.learn(held(Math.max(0, Math.log(previousClose / bar.low) / ratios.move)))
    for (const { highest, lowest } of [this.#day, this.#week]) {
      highest.learn(bar.high)
      lowest.learn(bar.low)
    }
  }

  #row(bar: Bar, previousClose: number, usualVolume: number, ratios: OpeningRatios, nextOpen: Ms): Float32Array {
    const ewmas = this.#ewmas
    const scale = known(this.scale)
    const clipped = (x: number) => Math.max(-clipAt, Math.min(clipAt, x))
    const scaled = (logRatio: number) => clipped(logRatio / scale)
    const logOverScale = (x: number) => Math.log(Math.max(x, floorLogRange) / scale)
    const ewmaRatio = (ewma: Ewma) => logOverScale(known(ewma.mean))
    // The move of a price in n bars grows with the root of n.
    const away = (logRatio: number, bars: number) => scaled(logRatio / Math.sqrt(bars))
    const [up, down] = [known(ewmas.up6.mean), known(ewmas.down6.mean)]
    const usualNow = known(this.usualVolume)
    // The row describes the bar to come: its hour, not the hour that just closed.
    const angle = (2 * Math.PI * (nextOpen % dayMs)) / dayMs
    return Float32Array.of(
      scaled(Math.log(bar.close / previousClose) / ratios.move),
      scaled(Math.log(bar.high / bar.close) / ratios.range),
      scaled(Math.log(bar.close / bar.low) / ratios.range),
      scaled(Math.log(bar.high / previousClose) / ratios.move),
      scaled(Math.log(previousClose / bar.low) / ratios.move),
      scaled(Math.log(bar.high / bar.low) / ratios.range),
      logVolumeRatio(bar.volume / ratios.volume, usualVolume),
      ewmaRatio(ewmas.range3),
      ewmaRatio(ewmas.range72),
      ewmaRatio(ewmas.range720),
      Math.log(this.#season.at(nextOpen)),
      Math.sin(angle),
      Math.cos(angle),
      ewmaRatio(ewmas.deseasoned12),
      ewmaRatio(ewmas.range168),
      logOverScale(Math.sqrt(known(ewmas.rogersSatchell24.mean))),
      scaled(known(ewmas.trend12.mean)),
      scaled(known(ewmas.trend48.mean)),
      (up - down) / (up + down + 1e-9),
      ewmaRatio(ewmas.unrest24),
      away(Math.log(known(this.#day.highest.value) / bar.close), 24),
      away(Math.log(bar.close / known(this.#day.lowest.value)), 24),
      away(Math.log(known(this.#week.highest.value) / bar.close), 168),
      away(Math.log(bar.close / known(this.#week.lowest.value)), 168),
      logVolumeRatio(known(ewmas.volume24.mean), usualNow),
    )
  }

  save(): Uint8Array {
    const means = Object.values(this.#ewmas).flatMap(ewma => ewma.save())
    const windows = this.#windows().map(window => window.save())
    // 0 is no price: it stands for "no bar yet".
    const lengths = windows.map(window => window.length)
    return floatsToBytes([this.#previousClose ?? 0, ...means, ...lengths, ...windows.flat(), ...this.#season.save()])
  }

  load(state: Uint8Array): void {
    const values = floatsFromBytes(state)
    const take = (count: number) => values.splice(0, count)
    this.#previousClose = take(1)[0] || null
    for (const ewma of Object.values(this.#ewmas)) ewma.load(first(take(2), 2))
    const windows = this.#windows()
    const lengths = take(windows.length)
    windows.forEach((window, i) => {
      window.load(take(nth(lengths, i)))
    })
    this.#season.load(values)
  }

  #windows(): readonly Extreme[] {
    return [this.#day, this.#week].flatMap(({ highest, lowest }) => [highest, lowest])
  }
}

/** The season of a training window, which stays as it is; 1 for bars of a day or more. */
function fixedSeason(intervalMs: Ms, seasonByHour: readonly number[]): Season {
  return {
    at: openMs => (intervalMs >= dayMs ? 1 : (seasonByHour[Math.floor((openMs % dayMs) / hourMs)] ?? 1)),
    learn() {},
    save: () => [],
    load() {},
  }
}

/** A bar's variance from all four of its prices, whatever its drift. After Rogers & Satchell, Ann. Appl. Probab. 1(4), 1991. */
function rogersSatchell({ open, high, low, close }: Bar): number {
  const variance = Math.log(high / close) * Math.log(high / open) + Math.log(low / close) * Math.log(low / open)
  return Math.max(0, variance)
}

// Volume can be zero for an hour; its log is held within e^±4 of the usual.
/** log(volume / usual), held within ±4. */
export function logVolumeRatio(volume: number, usual: number): number {
  if (usual <= 0) return 0
  return Math.max(-4, Math.min(4, Math.log(Math.max(volume, 1e-9 * usual) / usual)))
}

/** Mean log(high/low) of each UTC hour over that of all hours: fitted on the training window, kept in the manifest. */
export function seasonByHour(bars: readonly Bar[], intervalMs: Ms): number[] {
  const sums = new Float64Array(24)
  const counts = new Float64Array(24)
  for (const bar of bars) {
    const hour = Math.floor((openOf(bar, intervalMs) % dayMs) / hourMs)
    sums[hour]! += Math.log(bar.high / bar.low)
    counts[hour]!++
  }
  const mean = sums.reduce((a, b) => a + b, 0) / Math.max(1, bars.length)
  return Array.from(sums, (sum, hour) => {
    const count = counts[hour]
    return count && mean > 0 && sum > 0 ? sum / count / mean : 1
  })
}
