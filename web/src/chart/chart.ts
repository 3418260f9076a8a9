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

export interface Chart {
  draw(figure: Figure): Promise<void>
  close(): void
}

let loading: Promise<typeof import('plotly.js-basic-dist-min')> | null = null

/** Plotly, asked for once; while the first rows are on their way is a good time. */
export function loadPlotly(): Promise<typeof import('plotly.js-basic-dist-min')> {
  loading ??= import('plotly.js-basic-dist-min')
  return loading
}

/** Fetches Plotly and puts it into `host`. `moved` hears of each pan and zoom by hand, `home` of a double click, `drawn` of each figure. */
export async function makeChart(
  host: HTMLElement,
  on: {
    readonly moved: (range: Range) => void
    readonly home: () => void
    readonly drawn: (figure: Figure) => void
    readonly touch: boolean
  },
): Promise<Chart> {
  const { default: plotly } = await loadPlotly()
  let listening = false
  let held = false
  let waiting: Figure | null = null
  let drawn: Figure

  const draw = async (figure: Figure) => {
    // A redraw in the middle of a drag would take the plot out of the hand that holds it.
    if (held) {
      waiting = figure
      return
    }
    // A finger scrolls the page; the buttons move the chart.
    const layout = on.touch ? { ...figure.layout, dragmode: false } : { ...figure.layout }
    const plot = await plotly.react(host, figure.data, layout, config)
    drawn = figure
    paint(plot, figure)
    place(plot, figure)
    on.drawn(figure)
    if (listening) return
    listening = true
    plot.on('plotly_relayout', change => {
      // Plotly has drawn what is its own at the new place; the rest goes there before the next frame.
      place(plot, drawn)
      const range = rangeOf(change)
      if (range) on.moved(range)
    })
    // A tap comes twice, as a touch and as a click: to Plotly it is a double one.
    if (!on.touch) plot.on('plotly_doubleclick', on.home)
  }

  const hold = () => {
    held = true
  }
  const letGo = () => {
    held = false
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

const panes = { price: 'xy', volume: 'xy2', p: 'xy3' } as const

/** Puts the figure's paths into the panes, above what Plotly draws there; each pane's are in a group of its own. */
function paint(plot: Host, { paths }: Figure): void {
  for (const [name, subplot] of Object.entries(panes)) {
    const mine = paths.filter(({ pane }) => pane === name)
    const group = groupOf(plot, subplot)
    while (group.childElementCount > mine.length) group.lastElementChild!.remove()
    mine.forEach(({ name, d, fill }, index) => {
      const path = group.children[index] ?? group.appendChild(document.createElementNS(svg, 'path'))
      path.setAttribute('d', d)
      path.setAttribute('fill', fill)
      path.setAttribute('data-name', name)
    })
  }
}

/** The paths are of the figure's range; the axis may have been moved since. */
function place(plot: Host, { layout }: Figure): void {
  const [from, to] = (layout.xaxis as { range: Range }).range
  const { range, _length } = plot._fullLayout.xaxis
  const scale = (to - from) / (range[1] - range[0])
  const shiftPx = ((from - range[0]) / (range[1] - range[0])) * _length
  const matrix = `matrix(${scale} 0 0 1 ${shiftPx} 0)`
  for (const subplot of Object.values(panes)) groupOf(plot, subplot).setAttribute('transform', matrix)
}

const svg = 'http://www.w3.org/2000/svg'

/** In one that clips it as Plotly clips its own traces, whose clip stays while a drag moves the pane. */
function groupOf(plot: Host, subplot: (typeof panes)[keyof typeof panes]): Element {
  const { plot: pane, clipId } = plot._fullLayout._plots[subplot]
  const found = pane.node().querySelector(':scope > .painted > g')
  if (found) return found
  const clipped = pane.node().appendChild(document.createElementNS(svg, 'g'))
  clipped.setAttribute('class', 'painted')
  clipped.setAttribute('clip-path', `url(#${clipId})`)
  return clipped.appendChild(document.createElementNS(svg, 'g'))
}

/** Plotly reports the ends of the axis one by one. */
function rangeOf(change: Readonly<Record<string, unknown>>): Range | null {
  const [from, to] = [0, 1].map(end => Number(change[`xaxis.range[${end}]`]))
  return Number.isFinite(from) && Number.isFinite(to) ? [from!, to!] : null
}
