import type { Range } from '../format/when.ts'

/** The size of the whole chart, in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** The margins of the plot, in pixels. */
export const margin = { left: 8, right: 68, top: 12, bottom: 38 } as const

const gapPx = 14

/** The lower and upper end of each pane, as shares of the plot's height from the bottom. */
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

/** Maps times and values to pixels of one pane, from its upper left corner. */
export interface Scale {
  x(at: number): number
  y(value: number): number
  readonly pxPerMs: number
  readonly height: number
}

/** The scale of a pane; `pane` is its share of the plot's height from the bottom. */
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
