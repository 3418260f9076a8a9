import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { Ring } from '../stats/ring.ts'
import { Rolling } from '../stats/rolling.ts'
import type { Bar } from '../types.ts'

/** In this order. */
export const classicNames = [
  'log return',
  'volatility',
  'volume ratio',
  'volatility ratio',
  'return deviation',
  'range over close',
] as const

const ratioBars = 10
const deviationBars = 20
// A flat feed would drive the usual volatility to zero and the next ratio to infinity: 0.01 % is the floor.
const floorVolatility = 1e-4
// Volume has no unit of its own to floor by: after ten bars without a trade, any volume is a hundred times the usual.
const largestVolumeRatio = 100

/**
 * The features that most detectors of candles are given: log return; (high − low) over open; volume and volatility over
 * the means of the ten bars before; sample deviation of the last twenty log returns, this one included; (high − low) over
 * close. Incremental: one bar in, one row out, always finite. Raw on purpose, nothing winsorised: a peer to measure against.
 */
export class Classic {
  readonly #volumes = new Ring(ratioBars)
  readonly #volatilities = new Ring(ratioBars)
  readonly #returns = new Rolling({ window: deviationBars, floor: 0 })
  #previousClose: number | null = null

  /** Takes the bar in and answers its row, in the order of `classicNames`; null for the first twenty bars. */
  learn(bar: Bar): number[] | null {
    const volatility = (bar.high - bar.low) / bar.open
    const row = this.#row(bar, volatility)
    this.#volumes.push(bar.volume)
    this.#volatilities.push(volatility)
    this.#previousClose = bar.close
    return row
  }

  #row(bar: Bar, volatility: number): number[] | null {
    if (this.#previousClose === null) return null
    const logReturn = Math.log(bar.close / this.#previousClose)
    this.#returns.push(logReturn)
    const { deviation } = this.#returns
    const [usualVolume, usualVolatility] = [this.#volumes.mean, this.#volatilities.mean]
    if (!this.#returns.full || deviation === null || usualVolume === null || usualVolatility === null) return null
    return [
      logReturn,
      volatility,
      volumeRatio(bar.volume, usualVolume),
      volatility / Math.max(usualVolatility, floorVolatility),
      deviation,
      (bar.high - bar.low) / bar.close,
    ]
  }

  save(): Uint8Array {
    // 0 is no price: it stands for "no bar yet". Both rings hold equally many, and their number leads.
    const rings = [this.#volumes.size, ...this.#volumes.toArray(), ...this.#volatilities.toArray()]
    return floatsToBytes([this.#previousClose ?? 0, ...rings, ...this.#returns.toArray()])
  }

  load(state: Uint8Array): void {
    const [previousClose = 0, held = 0, ...values] = floatsFromBytes(state)
    this.#previousClose = previousClose || null
    this.#volumes.load(values.slice(0, held))
    this.#volatilities.load(values.slice(held, 2 * held))
    this.#returns.load(values.slice(2 * held))
  }
}

/** At most a hundred; 1 where nothing is traded and nothing is usual. */
function volumeRatio(volume: number, usual: number): number {
  return volume === 0 && usual === 0 ? 1 : volume / Math.max(usual, volume / largestVolumeRatio)
}
