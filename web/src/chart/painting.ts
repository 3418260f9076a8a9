import type { Host, Internals } from 'plotly.js-basic-dist-min'
import type { Range } from '../format/when.ts'
import type { Figure } from './figure.ts'

type Subplot = keyof Internals['_plots']

/** Plotly's name for each pane. */
const subplots = { price: 'xy', volume: 'xy2', p: 'xy3' } as const satisfies Readonly<Record<string, Subplot>>

const svg = 'http://www.w3.org/2000/svg'

/**
 * Draws the figure's paths (candles and columns) into Plotly's panes, above its bands. If Plotly's internals are not as this
 * version has them, nothing is drawn: the bands, lines and marks that Plotly draws itself remain.
 */
export function paint(plot: Host, { paths }: Figure): void {
  for (const [name, subplot] of Object.entries(subplots)) {
    const group = groupOf(plot, subplot)
    if (!group) continue
    const own = paths.filter(({ pane }) => pane === name)
    while (group.childElementCount > own.length) group.lastElementChild?.remove()
    own.forEach(({ name, d, fill }, index) => {
      const path = group.children[index] ?? group.appendChild(document.createElementNS(svg, 'path'))
      path.setAttribute('d', d)
      path.setAttribute('fill', fill)
      path.setAttribute('data-name', name)
    })
  }
}

/** Moves the paths from the figure's range to where the axis is now. */
export function place(plot: Host, { range: [from, to] }: Figure): void {
  const axis = axisOf(plot)
  if (!axis) return
  const [first, last] = axis.range
  const scale = (to - from) / (last - first)
  const shiftPx = ((from - first) / (last - first)) * axis.lengthPx
  const matrix = `matrix(${scale} 0 0 1 ${shiftPx} 0)`
  for (const subplot of Object.values(subplots)) groupOf(plot, subplot)?.setAttribute('transform', matrix)
}

/** A group that is clipped like Plotly's own traces, and that a drag moves with them. */
function groupOf(plot: Host, subplot: Subplot): Element | null {
  const pane = paneOf(plot, subplot)
  if (!pane) return null
  const found = pane.group.querySelector(':scope > .painted > g')
  if (found) return found
  const clipped = pane.group.appendChild(document.createElementNS(svg, 'g'))
  clipped.setAttribute('class', 'painted')
  clipped.setAttribute('clip-path', `url(#${pane.clipId})`)
  return clipped.appendChild(document.createElementNS(svg, 'g'))
}

// Plotly's internals, which no other file reads. They are checked before use, since any version may change them.

function paneOf(plot: Host, subplot: Subplot): { readonly group: SVGGElement; readonly clipId: string } | null {
  const pane = plot._fullLayout?._plots?.[subplot]
  const group = pane?.plot?.node?.()
  return group && pane?.clipId ? { group, clipId: pane.clipId } : null
}

function axisOf(plot: Host): { readonly range: Range; readonly lengthPx: number } | null {
  const axis = plot._fullLayout?.xaxis
  const [from, to] = axis?.range ?? []
  if (from === undefined || to === undefined || axis?._length === undefined) return null
  return { range: [from, to], lengthPx: axis._length }
}
