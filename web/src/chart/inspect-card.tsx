import type { Market, Ms } from '@candlewatch/api/units'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import { formatInterval } from '@candlewatch/core/interval'
import type { PriceForecast } from '@candlewatch/core/types'
import { formatPrice } from '../format/price.ts'
import { formatMinute } from '../format/when.ts'
import { zoneName } from '../format/zone.ts'
import { Mark } from '../marks/mark.tsx'
import { type MarkKind, markKind, markNames } from '../marks/marks.ts'
import type { Candle } from '../state/series.ts'
import { state } from '../state/store.ts'
import { visibleRange } from '../state/view.ts'
import { averageBars, bollingerWidth } from './averages.ts'
import { chartSize, notes } from './drawing.ts'
import { type Averages, type Reading, readingOf } from './inspect.ts'
import { type AlarmLevels, levelsOf } from './levels.ts'
import { looks } from './looks.ts'
import { margin } from './panes.ts'
import './inspect-card.css'

/** A card about the bar under the pointer, with a line through the bar. */
export function InspectCard() {
  const { inspected, series, view, intervalMs, market } = state.value
  if (inspected === null || !market) return null
  const [from, to] = visibleRange(series.candles, view, intervalMs)
  const share = (inspected - from) / (to - from)
  if (share < 0 || share > 1) return null
  const reading = readingOf(state.value, inspected)
  const left = margin.left + share * (chartSize.value.width - margin.left - margin.right)
  const width = Math.min(270, chartSize.value.width * 0.46)
  // Next to the line, and inside the chart even where that is too narrow for both.
  const cardLeft = share > 0.5 ? Math.max(4, left - 12 - width) : Math.min(left + 12, chartSize.value.width - width - 4)
  return (
    <>
      <div class="crosshair" style={{ left: `${left}px`, top: `${margin.top}px`, bottom: `${margin.bottom}px` }} />
      <div
        class="inspect"
        style={{ left: `${cardLeft}px`, width: `${width}px` }}
        data-testid="inspect"
        aria-live="polite"
      >
        {reading && <Card reading={reading} market={market.market} />}
      </div>
    </>
  )
}

function Card({ reading, market }: { readonly reading: Reading; readonly market: Market }) {
  if (reading.kind === 'bar') return <BarCard {...reading} market={market} />
  if (reading.kind === 'next') return <NextCard next={reading.next} market={market} />
  if (reading.kind === 'candle') return <CandleCard {...reading} market={market} />
  return (
    <>
      <OpenTime at={reading.at} />
      <MarkName mark={reading.mark} />
      <p class="because">{reading.because}</p>
    </>
  )
}

function BarCard(props: { readonly candle: Candle; readonly averages: Averages; readonly market: Market }) {
  const { candle, averages, market } = props
  const { verdict } = candle
  const alarm = verdict?.status === 'anomaly' || verdict?.status === 'feed-fault'
  return (
    <>
      <OpenTime at={candle.at} />
      {alarm && <MarkName mark={markKind(candle)} />}
      <p class="because">{verdict?.because ?? 'Warm-up bar: it has no verdict.'}</p>
      <Prices candle={candle} market={market} />
      {verdict?.high && verdict.low && <Forecasts high={verdict.high} low={verdict.low} market={market} />}
      {verdict && <Levels {...levelsOf(verdict)} market={market} />}
      <Overlays averages={averages} market={market} />
    </>
  )
}

function NextCard({ next, market }: { readonly next: NonNullable<Verdict['next']>; readonly market: Market }) {
  return (
    <>
      <OpenTime at={Date.parse(next.date)} />
      <p class="because">Forecast for the next bar.</p>
      <Forecasts high={next.high} low={next.low} market={market} />
      <Levels {...levelsOf(next)} market={market} />
    </>
  )
}

function CandleCard(props: { readonly candle: Candle; readonly widthMs: number; readonly market: Market }) {
  const { candle, widthMs, market } = props
  return (
    <>
      <OpenTime at={candle.at} />
      <p class="because">A {formatInterval(widthMs as Ms)} candle. Click, or press Enter, to show its bars.</p>
      <Prices candle={candle} market={market} />
    </>
  )
}

function OpenTime({ at }: { readonly at: number }) {
  return (
    <p class="moment">
      {formatMinute(at)} <span class="quiet">{zoneName()}</span>
    </p>
  )
}

function MarkName({ mark }: { readonly mark: MarkKind }) {
  return (
    <p class={`verdict-text is-${mark}`}>
      <Mark kind={mark} /> {mark === 'fault' ? 'Feed fault' : `${markNames[mark]} anomaly`}
    </p>
  )
}

function Prices({ candle, market }: { readonly candle: Candle; readonly market: Market }) {
  return (
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
  )
}

function Forecasts(props: { readonly high: PriceForecast; readonly low: PriceForecast; readonly market: Market }) {
  const { baseline } = looks.value.overlays
  const priceOf = (price: number) => formatPrice(price, props.market)
  return (
    <dl class="forecasts">
      {(['high', 'low'] as const).map(side => (
        <div key={side}>
          <dt>
            <i class={`swatch is-${side}`} /> {side} expected
          </dt>
          <dd>
            {priceOf(props[side].expected)}
            <span class="quiet">
              {priceOf(props[side].lower)} to {priceOf(props[side].upper)}
            </span>
          </dd>
        </div>
      ))}
      {baseline && (
        <div>
          <dt>
            <i class="stroke is-baseline" /> naive
          </dt>
          <dd>
            {priceOf(props.high.baseline)} and {priceOf(props.low.baseline)}
          </dd>
        </div>
      )}
    </dl>
  )
}

/** The prices from which the bar is an alarm, and how far from them a bar without one stayed. */
function Levels({ above, below, missedBy, market }: AlarmLevels & { readonly market: Market }) {
  if (above === null || below === null) return null
  return (
    <dl class="lines">
      <div>
        <dt>
          <i class="stroke is-levels" /> alarm from
        </dt>
        <dd>
          {formatPrice(above, market)} up, {formatPrice(below, market)} down
        </dd>
      </div>
      {missedBy !== null && (
        <div data-testid="missed-by">
          <dt>no alarm, by</dt>
          <dd>{(100 * missedBy).toFixed(2)} %</dd>
        </div>
      )}
    </dl>
  )
}

/** The values of the overlays that are switched on, unless they are averages of wider candles. */
function Overlays({ averages, market }: { readonly averages: Averages; readonly market: Market }) {
  const { overlays } = looks.value
  const { fast, slow, bollinger } = averages
  if (notes.value.candleMs > state.value.intervalMs) return null
  const priceOf = (price: number) => formatPrice(price, market)
  const aside = bollinger ? bollingerWidth * bollinger.deviation : 0
  const rows = [
    overlays.averages && fast ? (['fast', `average of ${averageBars.fast}`, priceOf(fast.mean)] as const) : null,
    overlays.averages && slow ? (['slow', `average of ${averageBars.slow}`, priceOf(slow.mean)] as const) : null,
    overlays.bollinger && bollinger
      ? ([
          'bollinger',
          'Bollinger',
          `${priceOf(bollinger.mean - aside)} to ${priceOf(bollinger.mean + aside)}`,
        ] as const)
      : null,
  ].filter(row => row !== null)
  if (rows.length === 0) return null
  return (
    <dl class="lines">
      {rows.map(([name, label, value]) => (
        <div key={name}>
          <dt>
            <i class={`stroke is-${name}`} /> {label}
          </dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
