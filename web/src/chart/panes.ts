import type { Range } from '../format/when.ts'

/** Of the whole chart, pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** Around the plot, pixels; the panel that follows the pointer needs them too. */
export const margin = { left: 8, right: 68, top: 12, bottom: 38 } as const

const gapPx = 14

/** Shares of the plot's height, from below: p-values, volume, price. */
export function panesOf(height: number): Readonly<Record<'p' | 'volume' | 'price', readonly [number, number]>> {
  const plotPx = Math.max(120, height - margin.top - margin.bottom)
  const pPx = Math.min(96, plotPx * 0.18)
  const volumePx = Math.min(64, plotPx * 0.12)
  const share = (px: number) => px / plotPx
  const volumeFrom = pPx + gapPx
  return {
    p: [0, share(pPx)],
    volume: [share(volumeFrom), share(volumeFrom + volumePx)],
    price: [share(volumeFrom + volumePx + gapPx), 1],
  }
}

/** From times and values to pixels of one pane, whose upper left corner is 0, 0. */
export interface Scale {
  x(at: number): number
  y(value: number): number
  readonly pxPerMs: number
  readonly height: number
}

/** `pane`: its share of the plot's height, from below. */
export function scaleOf(size: Size, pane: readonly [number, number], range: Range, values: Range): Scale {
  const width = size.width - margin.left - margin.right
  const height = (size.height - margin.top - margin.bottom) * (pane[1] - pane[0])
  const pxPerMs = width / (range[1] - range[0])
  const pxPerUnit = height / (values[1] - values[0])
  return {
    pxPerMs,
    height,
    x: at => (at - range[0]) * pxPerMs,
    y: value => height - (value - values[0]) * pxPerUnit,
  }
}
