import type { Market, PriceOutcome } from '@candlewatch/core/types'
import { formatPrice } from '../format/price.ts'

interface Props {
  readonly name: 'High' | 'Low'
  readonly outcome: PriceOutcome
  readonly market: Market
}

/** The range that should have held the price, what was expected in it, and where the price went. */
export function Gauge({ name, outcome, market }: Props) {
  const { lower, upper, expected, actual } = outcome
  const [from, to] = [Math.min(lower, actual), Math.max(upper, actual)]
  const span = Math.max(to - from, Number.EPSILON)
  // In a box of 100, five of air on either side.
  const x = (price: number) => 5 + ((price - from) / span) * 90
  const isOutside = actual < lower || actual > upper
  const say = (price: number) => formatPrice(price, market)
  return (
    <div class="gauge">
      <p>
        <strong>{name}</strong> {say(actual)}{' '}
        <span class="quiet">
          expected {say(expected)}, {say(lower)} to {say(upper)}
        </span>
      </p>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class={`is-${name.toLowerCase()}`} x={x(lower)} y="2" width={x(upper) - x(lower)} height="6" />
        <path class="expected" d={`M${x(expected)} 1V9`} vector-effect="non-scaling-stroke" />
        <path
          class={isOutside ? 'actual is-outside' : 'actual'}
          d={`M${x(actual)} 0V10`}
          vector-effect="non-scaling-stroke"
        />
      </svg>
    </div>
  )
}
