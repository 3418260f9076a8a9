import type { Severity } from '@candlewatch/core/types'

/** The colours of the chart, from tokens.css. */
export interface Palette {
  readonly font: string
  readonly ink: string
  readonly inkSoft: string
  readonly grid: string
  readonly surface: string
  readonly up: string
  readonly down: string
  readonly price: string
  readonly volume: string
  readonly highBand: string
  readonly lowBand: string
  readonly forecastHigh: string
  readonly forecastLow: string
  readonly baseline: string
  readonly averageFast: string
  readonly averageSlow: string
  readonly bollinger: string
  readonly fault: string
  readonly ghost: string
  readonly severity: Readonly<Record<Severity, string>>
}

/** Reads the palette; `token` reads a custom property by its name. */
export function readPalette(token: (name: string) => string): Palette {
  return {
    font: token('--font'),
    ink: token('--ink'),
    inkSoft: token('--ink-soft'),
    grid: token('--grid'),
    surface: token('--surface'),
    up: token('--up'),
    down: token('--down'),
    price: token('--price'),
    volume: token('--volume'),
    highBand: token('--band-high'),
    lowBand: token('--band-low'),
    forecastHigh: token('--forecast-high'),
    forecastLow: token('--forecast-low'),
    baseline: token('--baseline'),
    averageFast: token('--average-fast'),
    averageSlow: token('--average-slow'),
    bollinger: token('--bollinger'),
    fault: token('--fault'),
    ghost: token('--ghost'),
    severity: {
      low: token('--severity-low'),
      medium: token('--severity-medium'),
      high: token('--severity-high'),
      critical: token('--severity-critical'),
    },
  }
}
