import { nth } from '../nth.ts'
import type { Rng } from '../stats/rng.ts'
import { hourMs } from '../time.ts'

/** Volatility as a market has it: calm and wild times, memory on several horizons, a rhythm of day and week. */
export interface Volatility {
  /** Standard deviation of the log return over the hour that opens then. Hours must be asked for in order, once each. */
  next(openMs: number): number
  /** A large move has just happened: aftershocks follow. */
  shock(): void
}

// Log of the hourly volatility in calm and in wild times, and how long these last on average.
// Two regimes that switch at random: Hamilton, Econometrica 57(2), 1989.
const regimes = [
  { log: Math.log(0.0049), meanHours: 50 * 24 },
  { log: Math.log(0.0103), meanHours: 20 * 24 },
] as const

// Week, day and hour, each an AR(1) of the log volatility. Their sum forgets slowly, as real volatility does, with three
// parts only: Corsi, J. Financial Econometrics 7(2), 2009 (HAR); in logs: Taylor, Modelling Financial Time Series, 1986.
const horizons = [
  { halfLifeHours: 96, deviation: 0.24 },
  { halfLifeHours: 14, deviation: 0.2 },
  { halfLifeHours: 1.2, deviation: 0.3 },
] as const

// Aftershocks decay as 1 / (1 + t / τ), Omori's law, which holds after crashes: Lillo & Mantegna, Phys. Rev. E 68, 2003.
const aftershock = { log: 0.9, hours: 3 }

/** `barHours`: the length of a bar in hours. Levels and horizons were set by eye against hourly BTC/USD of 2021. */
export function makeVolatility(rng: Rng, barHours: number): Volatility {
  let regime: 0 | 1 = 1
  let hoursSinceShock = Infinity
  const deviations = horizons.map(horizon => horizon.deviation * rng.normal())
  return {
    next(openMs) {
      if (rng.uniform() < barHours / regimes[regime].meanHours) regime = regime === 0 ? 1 : 0
      horizons.forEach(({ halfLifeHours, deviation }, at) => {
        const kept = Math.exp((-Math.LN2 * barHours) / halfLifeHours)
        deviations[at] = kept * nth(deviations, at) + Math.sqrt(1 - kept * kept) * deviation * rng.normal()
      })
      hoursSinceShock += barHours
      const logAftershock = aftershock.log / (1 + hoursSinceShock / aftershock.hours)
      return Math.exp(regimes[regime].log + sum(deviations) + logAftershock + logRhythm(openMs))
    },
    shock() {
      hoursSinceShock = 0
    },
  }
}

/**
 * How far day and week lift the log volatility: the afternoon in Europe and morning in America, 13 to 17 UTC, is liveliest,
 * the weekend is quieter. After Andersen & Bollerslev, J. Empirical Finance 4(2-3), 1997.
 */
export function logRhythm(openMs: number): number {
  const hourOfDay = (openMs / hourMs) % 24
  // 1 January 1970 was a Thursday: days 2 and 3 of each week since are Saturday and Sunday.
  const day = Math.floor(openMs / (24 * hourMs)) % 7
  const weekend = day === 2 || day === 3 ? -0.12 : 0.05
  return 0.15 * Math.cos((2 * Math.PI * (hourOfDay - 14.5)) / 24) + weekend
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
