import { effect, signal } from '@preact/signals'
import { zone } from '../format/zone.ts'
import { dispatch, part, state } from '../state/store.ts'
import { theme } from '../state/theme.ts'
import { makePace } from '../sync/pace.ts'
import { makeChart } from './chart.ts'
import { type Figure, figure } from './figure.ts'
import { looks } from './looks.ts'
import { type Palette, readPalette } from './palette.ts'
import type { Size } from './panes.ts'

/** The size of the chart. */
export const chartSize = signal<Size>({ width: 0, height: 0 })
/** The state of the drawing: whether the chart is drawn. */
export const chartPhase = signal<'loading' | 'drawn' | 'failed'>('loading')

/** The texts over the plot. */
export const labels = signal<Figure['labels']>([])
/** The part of the figure that the legend shows; the same object while nothing of it changes. */
export const notes = signal<Pick<Figure, 'leftOut' | 'candleMs'>>({ leftOut: [], candleMs: 0 })

const drawn = {
  series: part(({ series }) => series),
  view: part(({ view }) => view),
  market: part(({ market }) => market),
  episodes: part(({ episodes }) => episodes),
  faults: part(({ faults }) => faults),
  coarse: part(({ coarse }) => coarse),
  older: part(({ older }) => older),
  rehearsal: part(({ rehearsal }) => rehearsal),
}

/** Keeps the chart in `host` equal to the state, at most ten times a second, until the returned function is called. */
export function runDrawing(host: HTMLElement): () => void {
  const endings: (() => void)[] = []
  const watchSize = new ResizeObserver(() => {
    chartSize.value = { width: host.clientWidth, height: host.clientHeight }
  })
  watchSize.observe(host)
  endings.push(() => watchSize.disconnect())
  let closed = false
  makeChart(host, {
    moved: range => dispatch({ kind: 'moved', range }),
    home: () => dispatch({ kind: 'now' }),
    drawn: publish,
    touch: matchMedia('(pointer: coarse)').matches,
  }).then(
    chart => {
      if (closed) return chart.close()
      endings.push(() => chart.close())
      let palette = paletteOf(host)
      const request = makePace(() => {
        if (closed || chartSize.value.width === 0) return
        const next = figure(state.value, palette, chartSize.value, zone.value, looks.value)
        chart.draw(next).then(
          () => {
            chartPhase.value = 'drawn'
          },
          () => {
            chartPhase.value = 'failed'
          },
        )
      }, 100)
      endings.push(
        effect(() => {
          // The theme changes what the tokens resolve to.
          void theme.value
          palette = paletteOf(host)
          request()
        }),
        effect(() => {
          void [...Object.values(drawn).map(({ value }) => value), chartSize.value, zone.value, looks.value]
          request()
        }),
      )
    },
    () => {
      chartPhase.value = 'failed'
    },
  )
  return () => {
    closed = true
    for (const end of endings) end()
  }
}

function publish({ leftOut, candleMs, labels: texts }: Figure): void {
  labels.value = texts
  const before = notes.peek()
  if (candleMs !== before.candleMs || leftOut.join() !== before.leftOut.join()) notes.value = { leftOut, candleMs }
}

/** Reads the colours. Tokens use light-dark(), which only a real property resolves, so each is applied once and read back. */
function paletteOf(host: HTMLElement): Palette {
  const probe = host.ownerDocument.createElement('i')
  probe.hidden = true
  host.parentElement?.append(probe)
  const palette = readPalette(name => {
    if (name === '--font') return getComputedStyle(host).fontFamily
    probe.style.color = `var(${name})`
    return getComputedStyle(probe).color
  })
  probe.remove()
  return palette
}
