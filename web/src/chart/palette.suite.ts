import type { Palette } from './palette.ts'

/** A palette in which each colour is called after its token. */
export const palette: Palette = {
  font: 'font',
  ink: 'ink',
  inkSoft: 'ink-soft',
  grid: 'grid',
  surface: 'surface',
  up: 'up',
  down: 'down',
  price: 'price',
  volume: 'volume',
  highBand: 'band-high',
  lowBand: 'band-low',
  forecastHigh: 'forecast-high',
  forecastLow: 'forecast-low',
  baseline: 'baseline',
  averageFast: 'average-fast',
  averageSlow: 'average-slow',
  bollinger: 'bollinger',
  fault: 'fault',
  ghost: 'ghost',
  severity: { low: 'low', medium: 'medium', high: 'high', critical: 'critical' },
}
