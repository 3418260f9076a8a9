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
