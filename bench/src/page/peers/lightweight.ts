import { CandlestickSeries, createChart, type UTCTimestamp } from 'lightweight-charts'
import { follow, history, host, onKeys, type Row, weekMs } from './history.ts'

const secondOf = (date: string) => (Date.parse(date) / 1_000) as UTCTimestamp
const candle = ({ date, open, high, low, close }: Row) => ({ time: secondOf(date), open, high, low, close })

const rows = await history()
// Its default minimum distance between bars is half a pixel: a year would not fit.
const timeScale = { minBarSpacing: 0.001, enableConflation: true, timeVisible: true }
const chart = createChart(host, { autoSize: true, timeScale })
const series = chart.addSeries(CandlestickSeries)
series.setData(rows.map(candle))
chart.timeScale().fitContent()
host.dataset.bars = String(rows.length)

const first = secondOf(rows[0]!.date)
let last = secondOf(rows.at(-1)!.date)
follow(row => {
  last = secondOf(row.date)
  series.update(candle(row))
})
onKeys(
  () => chart.timeScale().setVisibleRange({ from: (last - weekMs / 1_000) as UTCTimestamp, to: last }),
  () => chart.timeScale().fitContent(),
)
window.shown = () => {
  const { from, to } = chart.timeScale().getVisibleRange()!
  return { range: [Number(from) * 1_000, Number(to) * 1_000], drawn: [first * 1_000, last * 1_000] }
}
