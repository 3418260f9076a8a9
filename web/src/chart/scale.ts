import type { Range } from '../state/window.ts'
import { margin, type Size } from './panes.ts'

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
