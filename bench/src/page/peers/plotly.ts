import { follow, history, host, onKeys, weekMs } from './history.ts'

interface Plotted extends HTMLElement {
  readonly _fullLayout: { readonly xaxis: { readonly range: readonly string[] } }
}

/** The bundle is a script of its own and ships no types. */
declare const Plotly: {
  newPlot(host: HTMLElement, data: readonly object[], layout: object, config: object): Promise<Plotted>
  extendTraces(host: HTMLElement, values: object, traces: readonly number[]): Promise<unknown>
  relayout(host: HTMLElement, change: object): Promise<unknown>
}

// As plotly.com/javascript/candlestick-charts has it: a trace with all bars, extended as they come.
const rows = await history()
const dates = rows.map(({ date }) => date)
const plot = await Plotly.newPlot(
  host,
  [
    {
      type: 'candlestick',
      x: dates,
      open: rows.map(({ open }) => open),
      high: rows.map(({ high }) => high),
      low: rows.map(({ low }) => low),
      close: rows.map(({ close }) => close),
    },
  ],
  { xaxis: { rangeslider: { visible: false } }, margin: { t: 20 } },
  { scrollZoom: true, responsive: true },
)
host.dataset.bars = String(rows.length)

follow(({ date, open, high, low, close }) => {
  dates.push(date)
  void Plotly.extendTraces(host, { x: [[date]], open: [[open]], high: [[high]], low: [[low]], close: [[close]] }, [0])
})
onKeys(
  () => {
    const last = Date.parse(dates.at(-1)!)
    return Plotly.relayout(host, {
      'xaxis.range': [new Date(last - weekMs).toISOString(), new Date(last).toISOString()],
    })
  },
  () => Plotly.relayout(host, { 'xaxis.autorange': true }),
)
// Its own text is UTC without saying so; what it was given it gives back.
const utc = (text: string) => Date.parse(text.endsWith('Z') ? text : `${text.replace(' ', 'T')}Z`)
window.shown = () => ({
  range: plot._fullLayout.xaxis.range.map(utc) as [number, number],
  drawn: [Date.parse(dates[0]!), Date.parse(dates.at(-1)!)],
})
