import type { Market } from '@candlewatch/api/units'
import type { PriceOutcome } from '@candlewatch/core/types'
import { formatPrice } from '../format/price.ts'

interface Props {
  readonly name: 'High' | 'Low'
  readonly outcome: PriceOutcome
  readonly market: Market
}

/** The forecast range of a price, its expected value and the actual one. */
export function Gauge({ name, outcome, market }: Props) {
  const { lower, upper, expected, actual } = outcome
  const [from, to] = [Math.min(lower, actual), Math.max(upper, actual)]
  const span = Math.max(to - from, Number.EPSILON)
  // The box is 100 wide, with a margin of five on either side.
  const x = (price: number) => 5 + ((price - from) / span) * 90
  const isOutside = actual < lower || actual > upper
  const format = (price: number) => formatPrice(price, market)
  return (
    <div class="gauge">
      <p>
        <strong>{name}</strong> {format(actual)}{' '}
        <span class="quiet">
          expected {format(expected)}, {format(lower)} to {format(upper)}
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
