import type { Candle } from '../state/series.ts'
import type { Palette } from './palette.ts'
import type { Scale } from './panes.ts'

/**
 * Shapes of one colour as one SVG path. Plotly would make an element of each candle and column. Edges lie on whole pixels, so
 * that they are sharp.
 */
export interface Path {
  readonly name: string
  readonly pane: 'price' | 'volume' | 'p'
  /** The path, in pixels of the pane at the figure's range. */
  readonly d: string
  readonly fill: string
}

/** A column that stands on the bottom of its pane. */
export interface Column {
  readonly at: number
  readonly value: number
  readonly fill: string
}

/** The candles that rose, and those that fell. A candle without a move counts as risen and is a line of one pixel. */
export function candlePaths(candles: readonly Candle[], widthMs: number, scale: Scale, palette: Palette): Path[] {
  const wide = oddPx(widthMs * scale.pxPerMs * 0.72)
  const half = (wide - 1) / 2
  const rose: string[] = []
  const fell: string[] = []
  for (const { at, open, high, low, close } of candles) {
    const left = Math.floor(scale.x(at))
    const [top, bottom] = [Math.round(scale.y(high)), Math.round(scale.y(low))]
    const bodyTop = Math.round(scale.y(Math.max(open, close)))
    const bodyPx = Math.max(1, Math.round(scale.y(Math.min(open, close))) - bodyTop)
    const wick = `M${left},${top}h1V${Math.max(bottom, top + 1)}h-1Z`
    const body = half > 0 ? `M${left - half},${bodyTop}h${wide}v${bodyPx}h${-wide}Z` : ''
    const side = close >= open ? rose : fell
    side.push(wick + body)
  }
  return [
    { name: 'Rising candles', pane: 'price', d: rose.join(''), fill: palette.up },
    { name: 'Falling candles', pane: 'price', d: fell.join(''), fill: palette.down },
  ]
}

/** The columns, one path for each colour, in the order in which the colours first occur. Each column is at least a pixel high. */
export function columnPaths(columns: readonly Column[], widthMs: number, scale: Scale, pane: Path['pane']): Path[] {
  const wide = Math.max(1, Math.floor(widthMs * scale.pxPerMs * 0.75))
  const foot = Math.round(scale.height)
  const byFill = new Map<string, string[]>()
  for (const { at, value, fill } of columns) {
    const left = Math.floor(scale.x(at)) - (wide >> 1)
    const top = Math.min(foot - 1, Math.round(scale.y(value)))
    const pieces = byFill.get(fill) ?? []
    pieces.push(`M${left},${foot}V${top}h${wide}V${foot}Z`)
    byFill.set(fill, pieces)
  }
  return [...byFill].map(([fill, pieces]) => ({ name: pane, pane, d: pieces.join(''), fill }))
}

/** A wick in the middle needs an odd number of pixels. */
function oddPx(px: number): number {
  return Math.max(1, 2 * Math.round((px - 1) / 2) + 1)
}
