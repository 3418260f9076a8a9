import type { Host } from 'plotly.js-basic-dist-min'
import type { Range } from '../format/when.ts'
import type { Figure } from './figure.ts'

const config = {
  displayModeBar: false,
  scrollZoom: true,
  doubleClick: false,
  showTips: false,
  showAxisDragHandles: false,
  responsive: false,
}

/** A chart in an element of the page. */
export interface Chart {
  draw(figure: Figure): Promise<void>
  close(): void
}

/** The callbacks through which a chart reports how it is used. */
export interface ChartListener {
  /** The reader moved or zoomed the chart. */
  readonly moved: (range: Range) => void
  /** The reader double-clicked. */
  readonly home: () => void
  /** A figure was drawn. */
  readonly drawn: (figure: Figure) => void
  /** The reader uses fingers: they scroll the page instead of moving the chart. */
  readonly touch: boolean
}

/** What draws: Plotly, and the paths that are painted into its panes. */
type Tools = [typeof import('plotly.js-basic-dist-min'), typeof import('./painting.ts')]

let loading: Promise<Tools> | null = null

/** Loads Plotly once, and what paints into it; a good time is while the first rows are on their way. */
export function loadPlotly(): Promise<Tools> {
  loading ??= Promise.all([import('plotly.js-basic-dist-min'), import('./painting.ts')])
  return loading
}

/** Loads Plotly and makes a chart in `host`. */
export async function makeChart(host: HTMLElement, on: ChartListener): Promise<Chart> {
  const [{ default: plotly }, { paint, place }] = await loadPlotly()
  let isListening = false
  let isHeld = false
  let waiting: Figure | null = null
  let drawn: Figure

  const draw = async (figure: Figure) => {
    // A redraw during a drag would end the drag.
    if (isHeld) {
      waiting = figure
      return
    }
    const layout = on.touch ? { ...figure.layout, dragmode: false } : { ...figure.layout }
    const plot = await plotly.react(host, figure.data, layout, config)
    drawn = figure
    paint(plot, figure)
    place(plot, figure)
    on.drawn(figure)
    if (!isListening) listen(plot)
  }

  const listen = (plot: Host) => {
    isListening = true
    plot.on('plotly_relayout', change => {
      // Plotly has moved its own traces; the paths follow before the next frame.
      place(plot, drawn)
      const range = rangeOf(change)
      if (range) on.moved(range)
    })
    // A tap arrives as a touch and as a click, which Plotly takes for a double click.
    if (!on.touch) plot.on('plotly_doubleclick', on.home)
  }

  const hold = () => {
    isHeld = true
  }
  const letGo = () => {
    isHeld = false
    const figure = waiting
    waiting = null
    // After Plotly's own handler of the same event, which reports the new range.
    if (figure) setTimeout(() => void draw(figure), 0)
  }
  if (!on.touch) host.addEventListener('mousedown', hold, true)
  window.addEventListener('mouseup', letGo)
  return {
    draw,
    close() {
      window.removeEventListener('mouseup', letGo)
      plotly.purge(host)
    },
  }
}

/** The range in a report of Plotly, which names both ends of the axis. */
function rangeOf(change: Readonly<Record<string, unknown>>): Range | null {
  const [from, to] = [Number(change['xaxis.range[0]']), Number(change['xaxis.range[1]'])]
  return Number.isFinite(from) && Number.isFinite(to) ? [from, to] : null
}
