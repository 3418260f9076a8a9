import { Ewma } from '../stats/ewma.ts'
import { floatsFromBytes, floatsToBytes } from '../stats/floats.ts'
import type { Bar, Ms } from '../types.ts'

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
] as const

export const featureSet = { name: 'volatility-scaled', version: 1, features: featureNames } as const

// Past this a bar says "extreme" and nothing more; a bad tick must not saturate what follows.
const clipAt = 8
// What the scales learn of one bar is at most six times the scale: one bad tick learned as it stands blinds the hours after it.
const winsorAt = 6
// A flat feed would drive the scale to zero and the next tick's features to infinity: a range of 0.01 % is the floor.
const floorLogRange = 1e-4

/**
 * A bar in units of the volatility around it: log ratios over S, the EWMA of log(high/low) with a half-life of 12 bars.
 * That makes 2018's and 2021's hours alike to a model. Incremental: one bar in, one row out.
 */
export class VolatilityScaled {
  readonly #intervalMs: Ms
  /** Mean range of each UTC hour over the mean of all hours, of the training window. */
  readonly #seasonByHour: readonly number[]
  readonly #scale = new Ewma(12)
  readonly #rangeEwmas = { fast: new Ewma(3), day: new Ewma(72), month: new Ewma(720) }
  readonly #volume = new Ewma(72)
  #previousClose: number | null = null

  constructor(intervalMs: Ms, seasonByHour: readonly number[]) {
    this.#intervalMs = intervalMs
    this.#seasonByHour = seasonByHour
  }

  /** S, as a log ratio; null before the first bar. */
  get scale(): number | null {
    const mean = this.#scale.mean
    return mean === null ? null : Math.max(mean, floorLogRange)
  }

  /** EWMA of log(high/low) with a half-life of 3 bars, which the naive forecast uses; null before the first bar. */
  get fastRange(): number | null {
    return this.#rangeEwmas.fast.mean
  }

  /** The volume that is usual, base currency; null before the first bar. */
  get usualVolume(): number | null {
    return this.#volume.mean
  }

  /** Takes the bar in and answers its row of features; null for the first bar, which has no return. */
  learn(bar: Bar): Float32Array | null {
    const logRange = Math.log(bar.high / bar.low)
    const winsorised = this.scale === null ? logRange : Math.min(logRange, winsorAt * this.scale)
    this.#scale.learn(winsorised)
    for (const ewma of Object.values(this.#rangeEwmas)) ewma.learn(winsorised)
    const usualVolume = this.#volume.mean ?? bar.volume
    this.#volume.learn(Math.min(bar.volume, winsorAt * Math.max(usualVolume, Number.MIN_VALUE)))
    const row = this.#previousClose === null ? null : this.#row(bar, logRange, this.#previousClose, usualVolume)
    this.#previousClose = bar.close
    return row
  }

  #row(bar: Bar, logRange: number, previousClose: number, usualVolume: number): Float32Array {
    const scale = this.scale as number
    const scaled = (logRatio: number) => Math.max(-clipAt, Math.min(clipAt, logRatio / scale))
    const ewmaRatio = (ewma: Ewma) => Math.log(Math.max(ewma.mean as number, floorLogRange) / scale)
    // The row speaks of the bar to come: its hour, not the hour that just closed.
    const hour = (bar.ts % 86_400_000) / 3_600_000
    const angle = (2 * Math.PI * hour) / 24
    return Float32Array.of(
      scaled(Math.log(bar.close / previousClose)),
      scaled(Math.log(bar.high / bar.close)),
      scaled(Math.log(bar.close / bar.low)),
      scaled(Math.log(bar.high / previousClose)),
      scaled(Math.log(previousClose / bar.low)),
      scaled(logRange),
      logVolumeRatio(bar.volume, usualVolume),
      ewmaRatio(this.#rangeEwmas.fast),
      ewmaRatio(this.#rangeEwmas.day),
      ewmaRatio(this.#rangeEwmas.month),
      this.#intervalMs < 86_400_000 ? Math.log(this.#seasonByHour[Math.floor(hour)] ?? 1) : 0,
      Math.sin(angle),
      Math.cos(angle),
    )
  }

  save(): Uint8Array {
    const ewmas = [this.#scale, ...Object.values(this.#rangeEwmas), this.#volume]
    // 0 is no price: it stands for "no bar yet".
    return floatsToBytes([this.#previousClose ?? 0, ...ewmas.flatMap(ewma => ewma.save())])
  }

  load(state: Uint8Array): void {
    const [previousClose = 0, ...pairs] = floatsFromBytes(state)
    this.#previousClose = previousClose || null
    const ewmas = [this.#scale, ...Object.values(this.#rangeEwmas), this.#volume]
    ewmas.forEach((ewma, i) => {
      ewma.load([pairs[2 * i] as number, pairs[2 * i + 1] as number])
    })
  }
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
    const hour = Math.floor(((bar.ts - intervalMs) % 86_400_000) / 3_600_000)
    sums[hour] = (sums[hour] as number) + Math.log(bar.high / bar.low)
    counts[hour] = (counts[hour] as number) + 1
  }
  const mean = sums.reduce((a, b) => a + b, 0) / Math.max(1, bars.length)
  return Array.from(sums, (sum, hour) =>
    counts[hour] && mean > 0 && sum > 0 ? sum / (counts[hour] as number) / mean : 1,
  )
}
