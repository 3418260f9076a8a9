import type { Range } from '../state/window.ts'
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

/** Fetches Plotly and puts it into `host`. `moved` hears of each pan and zoom by hand, `home` of a double click. */
export async function makeChart(
  host: HTMLElement,
  on: { readonly moved: (range: Range) => void; readonly home: () => void; readonly touch: boolean },
): Promise<Chart> {
  const { default: plotly } = await import('plotly.js-finance-dist-min')
  let listening = false
  let held = false
  let waiting: Figure | null = null

  const draw = async (figure: Figure) => {
    // A redraw in the middle of a drag would take the plot out of the hand that holds it.
    if (held) {
      waiting = figure
      return
    }
    // A finger scrolls the page; the buttons move the chart.
    const layout = on.touch ? { ...figure.layout, dragmode: false } : { ...figure.layout }
    const plot = await plotly.react(host, figure.data, layout, config)
    if (listening) return
    listening = true
    plot.on('plotly_relayout', change => {
      const range = rangeOf(change)
      if (range) on.moved(range)
    })
    plot.on('plotly_doubleclick', on.home)
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

/** Plotly reports `2021-05-19 12:00:00.5`, which is UTC, or milliseconds. */
function rangeOf(change: Readonly<Record<string, unknown>>): Range | null {
  const [from, to] = [0, 1].map(end => {
    const value = change[`xaxis.range[${end}]`]
    return typeof value === 'string'
      ? Date.parse(`${value.replace(' ', 'T')}${value.length > 10 ? 'Z' : ''}`)
      : Number(value)
  })
  return Number.isFinite(from) && Number.isFinite(to) ? [from!, to!] : null
}
