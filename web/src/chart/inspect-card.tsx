import type { Market, PriceForecast, Verdict } from '@candlewatch/core/types'
import { Mark, markWords } from '../episodes/mark.tsx'
import { markKind } from '../episodes/marks.ts'
import { formatPrice } from '../format/price.ts'
import { formatMinute } from '../format/when.ts'
import { zoneWord } from '../format/zone.ts'
import { state } from '../state/store.ts'
import { type Candle, firstFrom } from '../state/tape.ts'
import { visibleRange } from '../state/window.ts'
import { chartSize } from './drawing.ts'
import { margin } from './layout.ts'
import './inspect-card.css'

/** What was said of the bar under the pointer, beside a line through it. */
export function InspectCard() {
  const { inspected, tape, view, intervalMs, market } = state.value
  if (inspected === null || !market) return null
  const [from, to] = visibleRange(tape.candles, view, intervalMs)
  const share = (inspected - from) / (to - from)
  if (share < 0 || share > 1) return null
  const candle = tape.candles[firstFrom(tape.candles, inspected)]
  const next = tape.candles.at(-1)?.verdict?.next ?? null
  const left = margin.left + share * (chartSize.value.width - margin.left - margin.right)
  const width = Math.min(270, chartSize.value.width * 0.46)
  // Beside the line, and inside the chart even where that is too narrow for both.
  const beside = share > 0.5 ? Math.max(4, left - 12 - width) : Math.min(left + 12, chartSize.value.width - width - 4)
  return (
    <>
      <div class="crosshair" style={{ left: `${left}px`, top: `${margin.top}px`, bottom: `${margin.bottom}px` }} />
      <div
        class="inspect"
        style={{ left: `${beside}px`, width: `${width}px` }}
        data-testid="inspect"
        aria-live="polite"
      >
        {candle?.at === inspected ? (
          <BarCard candle={candle} market={market.market} />
        ) : next ? (
          <NextCard next={next} market={market.market} />
        ) : null}
      </div>
    </>
  )
}

function BarCard({ candle, market }: { readonly candle: Candle; readonly market: Market }) {
  const { verdict } = candle
  const alarm = verdict?.status === 'anomaly' || verdict?.status === 'feed-fault'
  const kind = markKind(candle)
  return (
    <>
      <p class="moment">
        {formatMinute(candle.at)} <span class="quiet">{zoneWord()}</span>
      </p>
      {alarm && (
        <p class={`verdict-word is-${kind}`}>
          <Mark kind={kind} /> {kind === 'fault' ? 'Feed fault' : `${markWords[kind]} anomaly`}
        </p>
      )}
      <p class="because">{verdict?.because ?? 'Taken in to warm up: nothing was said of this bar.'}</p>
      <dl class="ohlc">
        {(['open', 'high', 'low', 'close'] as const).map(name => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatPrice(candle[name], market)}</dd>
          </div>
        ))}
        <div>
          <dt>volume</dt>
          <dd>{candle.volume.toLocaleString('en-US', { maximumFractionDigits: 1 })}</dd>
        </div>
      </dl>
      {verdict?.high && verdict.low && <Forecasts high={verdict.high} low={verdict.low} market={market} />}
    </>
  )
}

function NextCard({ next, market }: { readonly next: NonNullable<Verdict['next']>; readonly market: Market }) {
  return (
    <>
      <p class="moment">
        {formatMinute(Date.parse(next.date))} <span class="quiet">{zoneWord()}</span>
      </p>
      <p class="because">The next bar, as the forecast expects it.</p>
      <Forecasts high={next.high} low={next.low} market={market} />
    </>
  )
}

function Forecasts(props: { readonly high: PriceForecast; readonly low: PriceForecast; readonly market: Market }) {
  return (
    <dl class="forecasts">
      {(['high', 'low'] as const).map(side => (
        <div key={side}>
          <dt>
            <i class={`swatch is-${side}`} /> {side} expected
          </dt>
          <dd>
            {formatPrice(props[side].expected, props.market)}
            <span class="quiet">
              {formatPrice(props[side].lower, props.market)} to {formatPrice(props[side].upper, props.market)}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
