import { formatPrice } from '../format/price.ts'
import { formatMinute, formatSpan } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Sized } from '../plot/sized.tsx'
import { part } from '../state/store.ts'
import { aroundOf } from './around.ts'
import { neighbours } from './neighbours.ts'
import { openedAt } from './opened.ts'
import './bars-around.css'

const market = part(state => state.market)
const intervalMs = part(state => state.intervalMs)

const height = 132
/** The margin for prices, right of the bars. */
const marginPx = 58

/** The open bar and those around it, each with its forecast range. */
export function BarsAround() {
  const candles = neighbours.value ?? []
  return (
    <div class="around" data-testid="bars-around" data-bars={candles.length}>
      <Sized>{width => candles.length > 0 && width > marginPx && <Drawing width={width} />}</Sized>
    </div>
  )
}

function Drawing({ width }: { readonly width: number }) {
  const [candles, at] = [neighbours.value ?? [], openedAt.value]
  const [first, last] = [candles[0], candles.at(-1)]
  if (!first || !last || at === null || !market.value) return null
  const { market: name } = market.value
  const plotPx = width - marginPx
  const { up, down, highBand, lowBand, marked, prices } = aroundOf(candles, at, intervalMs.value, {
    width: plotPx,
    height,
  })
  const middle = marked.x + marked.width / 2
  return (
    <>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img">
        <title>
          {`${candles.length} bars from ${formatMinute(first.at)} to ${formatMinute(last.at)} ${zoneName()}, each with its forecast range; the open bar is marked`}
        </title>
        {prices.map(({ y, price }) => (
          <g key={price}>
            <path class="grid" d={`M0 ${y}H${plotPx}`} />
            <text x={plotPx + 6} y={y + 4}>
              {formatPrice(price, name)}
            </text>
          </g>
        ))}
        <rect class="marked" x={marked.x} y="0" width={marked.width} height={height} />
        <path class="high-band" d={highBand} />
        <path class="low-band" d={lowBand} />
        <path class="up" d={up} />
        <path class="down" d={down} />
        <path class="pointer" d={`M${middle - 5} ${height}h10l-5 -7z`} />
      </svg>
      <p class="around-foot quiet" style={{ width: `${plotPx}px` }} aria-hidden="true">
        <span>{first.at < at ? `${formatSpan(at - first.at)} before` : ''}</span>
        <span>{last.at > at ? `${formatSpan(last.at - at)} after` : ''}</span>
      </p>
    </>
  )
}
