import { first } from '../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { Ewma } from '../stats/ewma.ts'
import { hourMs, weekMs } from '../time.ts'
import type { Bar, Detector, Levels, Ms } from '../types.ts'
import type { Expected } from './observation.ts'

/** The prices that came, the prices that were expected, and S, the volatility scale known before the bar of its kind. */
export interface Residual {
  readonly high: { readonly actual: number; readonly expected: number }
  readonly low: { readonly actual: number; readonly expected: number }
  readonly scale: number
  /** True for the first bar after closed hours. */
  readonly isOpening: boolean
}

// Slow on purpose: what is usual is a matter of weeks, or a wild day would call itself usual by its evening. Three weeks of
// hours found more of the first half of 2021's events, with fewer other alarms, than one week did. A mean of fewer bars than a
// hundred wanders.
const [halfLifeWeeks, leastHalfLifeBars] = [3, 100]
// An opening a day makes five months.
const halfLifeOpenings = 100
const winsorAt = 6
// The prior from the validation window counts for a day of hours, then fades.
const priorBars = 24

/** A detector whose score follows from the bar's high and low alone. */
export interface ResidualDetector extends Detector<Residual> {
  /** The prices at which a bar with this forecast reaches the score: a high of `above` or more, or a low of `below` or less. */
  levels(expected: Expected, standing: Pick<Residual, 'scale' | 'isOpening'>, score: number): Levels
}

/**
 * How far the bar left its forecast on the worse side (high above, or low below), over the slow EWMA of that distance.
 * Two-sided, because in a crash hour the high sits near the open: a forecast of the high alone is blind to it. Openings after
 * closed hours are compared with openings.
 */
export function residual(id: string, residualOverScale: number, intervalMs: Ms = hourMs): ResidualDetector {
  const halfLifeBars = Math.max(leastHalfLifeBars, Math.round((halfLifeWeeks * weekMs) / intervalMs))
  const means = { within: new Ewma(halfLifeBars), opening: new Ewma(halfLifeOpenings) }
  const meanOf = ({ isOpening }: Pick<Residual, 'isOpening'>) => (isOpening ? means.opening : means.within)
  const usualFor = (features: Pick<Residual, 'scale' | 'isOpening'>) =>
    meanOf(features).mean ?? residualOverScale * features.scale
  return {
    id,
    score: features => outside(features) / usualFor(features),
    levels({ high, low }, standing, score) {
      const distance = score * usualFor(standing)
      return { above: level(high.expected, distance), below: level(low.expected, -distance) }
    },
    learn(features) {
      const usual = meanOf(features)
      if (usual.mean === null) usual.prime(usualFor(features), priorBars)
      usual.learn(Math.min(Math.abs(outside(features)), winsorAt * usualFor(features)))
    },
    save: () => floatsToBytes([...means.within.save(), ...means.opening.save()]),
    load(state) {
      const [sum, weight, ...opening] = first(floatsFromBytes(state), 4)
      means.within.load([sum, weight])
      means.opening.load(opening)
    },
  }
}

/** null for a price that no double holds. Ten digits are more than any market has. */
function level(expected: number, distance: number): number | null {
  const price = Number((expected * Math.exp(distance)).toPrecision(10))
  return Number.isFinite(price) && price > 0 ? price : null
}

/** The bar and the high and low that were expected of it, with the scale and the kind of bar that they were expected for. */
export function missOf(
  { high, low }: Expected,
  { scale, isOpening }: Pick<Residual, 'scale' | 'isOpening'>,
  bar: Bar,
): Residual {
  return {
    high: { actual: bar.high, expected: high.expected },
    low: { actual: bar.low, expected: low.expected },
    scale,
    isOpening,
  }
}

/** Log distance past the forecast on the worse side; negative when the bar stayed inside both. */
export function outside(features: Pick<Residual, 'high' | 'low'>): number {
  return Math.max(above(features), below(features))
}

export function worseSide(features: Pick<Residual, 'high' | 'low'>): 'high' | 'low' {
  return below(features) > above(features) ? 'low' : 'high'
}

const above = ({ high }: Pick<Residual, 'high'>) => Math.log(high.actual / high.expected)
const below = ({ low }: Pick<Residual, 'low'>) => Math.log(low.expected / low.actual)
