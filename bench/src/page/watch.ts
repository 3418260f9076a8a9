import type { Shown } from './peers/history.ts'

/** The times that are recorded in the page. */
export interface Seen {
  /** Time from the start of the navigation to the first frame with candles; null before. */
  firstMs: number | null
  /** Time until all bars of the market were loaded; null before. */
  allMs: number | null
  changedMs: number
  /** The time of the last changed frame. */
  paintedMs: number
  /** The time of the last key or turn of the wheel. */
  inputMs: number
  /** The time of the first frame that it changed; null before. */
  answeredMs: number | null
}

declare global {
  interface Window {
    seen: Seen
    /** Ends the measurement, which takes time itself while much is drawn. */
    unwatch(): void
  }
}

/**
 * Runs in the page before its own scripts and watches its chart, SVG or canvas. A frame counts as drawn when the main thread
 * is done with it; a change outside of a frame is counted to the end of the next one. Rasterising comes on top, for every page.
 */
export function watchChart(allBars: number): void {
  const seen: Seen = { firstMs: null, allMs: null, changedMs: 0, paintedMs: 0, inputMs: 0, answeredMs: 0 }
  window.seen = seen
  const fewestMarks = 100
  let rectangles = 0
  let asked = false
  const afterFrame = new MessageChannel()
  afterFrame.port1.onmessage = () => {
    asked = false
    seen.paintedMs = performance.now()
    seen.answeredMs ??= seen.paintedMs
    const bars = Number(chart()?.getAttribute('data-bars'))
    if (bars >= allBars) seen.allMs ??= seen.paintedMs
    if (bars > 0 && marks() >= fewestMarks) seen.firstMs ??= seen.paintedMs
  }
  const changed = () => {
    seen.changedMs = performance.now()
    if (asked) return
    asked = true
    requestAnimationFrame(() => afterFrame.port2.postMessage(null))
  }
  const chart = () => document.querySelector('[data-testid=chart]')
  /** Counts candles, which are drawn as paths of about twenty letters each, or as rectangles on a canvas. */
  const marks = () => {
    if (seen.firstMs !== null) return fewestMarks
    const paths = [...document.querySelectorAll('.cartesianlayer path')]
    return rectangles + paths.reduce((sum, path) => sum + (path.getAttribute('d')?.length ?? 0), 0) / 20
  }
  const observer = new MutationObserver(records => {
    const host = chart()
    if (records.some(({ target }) => host?.contains(target))) changed()
  })
  observer.observe(document, { subtree: true, childList: true, attributes: true })
  const { fillRect } = CanvasRenderingContext2D.prototype
  CanvasRenderingContext2D.prototype.fillRect = function (...box) {
    // Before there are bars it is the paper that is filled.
    if (Number(chart()?.getAttribute('data-bars')) > 0) rectangles++
    changed()
    fillRect.apply(this, box)
  }
  window.unwatch = () => {
    observer.disconnect()
    CanvasRenderingContext2D.prototype.fillRect = fillRect
  }
  for (const kind of ['keydown', 'wheel']) {
    const began = (event: Event) => {
      seen.inputMs = event.timeStamp
      seen.answeredMs = null
    }
    addEventListener(kind, began, { capture: true, passive: true })
  }
  window.shown ??= () => {
    const plot = document.querySelector('.js-plotly-plot') as unknown as {
      readonly _fullLayout: { readonly xaxis: { readonly range: readonly (string | number)[] } }
    }
    // Plotly's text is UTC without saying so.
    const ms = (x: string | number) => (typeof x === 'string' ? Date.parse(`${x.replace(' ', 'T')}Z`) : x)
    const [from, to] = plot._fullLayout.xaxis.range.map(ms) as [number, number]
    const pane = document.querySelector('.draglayer .xy .nsewdrag')!.getBoundingClientRect()
    const boxes = [...document.querySelectorAll('.cartesianlayer .xy path')].map(path => path.getBoundingClientRect())
    const timeOf = (px: number) => from + ((px - pane.left) / pane.width) * (to - from)
    return {
      range: [from, to],
      drawn: [timeOf(Math.min(...boxes.map(({ left }) => left))), timeOf(Math.max(...boxes.map(({ right }) => right)))],
    } satisfies Shown
  }
}
