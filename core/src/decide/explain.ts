import type { Market, Ms, PriceOutcome } from '../types.ts'

/** What a sentence needs to know of a judged bar. */
export interface Judged {
  readonly market: Market
  readonly intervalMs: Ms
  readonly open: number
  readonly close: number
  readonly high: PriceOutcome
  readonly low: PriceOutcome
  readonly pValue: number | null
  readonly isAnomaly: boolean
}

/** One sentence that a trader would say: what came, what was expected, how rare that is. */
export function explain(judged: Judged): string {
  const { high, low, market } = judged
  const fell = Math.log(low.expected / low.actual) > Math.log(high.actual / high.expected)
  if (!judged.isAnomaly) return ordinary(judged, fell)
  const outcome = fell ? low : high
  const move = fell ? 'Fell to' : 'Rose to'
  const side = fell ? 'below' : 'above'
  const edge = fell ? outcome.lower : outcome.upper
  const past = fell ? outcome.actual < edge : outcome.actual > edge
  const percent = ((100 * outcome.absoluteError) / outcome.expected).toFixed(1)
  return (
    `${move} ${price(outcome.actual)} ${currencyOf(market)}, ${price(outcome.absoluteError)} (${percent} %) ${side} the ` +
    `${price(outcome.expected)} expected${past ? ` and outside the 90 % range, which ends at ${price(edge)}` : ''}; ` +
    `closed ${signedPercent(judged.close / judged.open - 1)} on the bar. A miss this large comes ${rarity(judged)}.`
  )
}

function ordinary({ high, low }: Judged, fell: boolean): string {
  const inside = high.actual <= high.upper && low.actual >= low.lower
  if (inside) return `High ${price(high.actual)} and low ${price(low.actual)} stayed within what was expected.`
  const [name, outcome, edge] = fell ? (['Low', low, low.lower] as const) : (['High', high, high.upper] as const)
  const direction = fell ? 'below' : 'above'
  return `${name} ${price(outcome.actual)} went ${direction} the expected ${price(edge)}, no further than it does from time to time.`
}

/** "about once in 3 weeks", from the share of bars at least as strange. */
export function rarity({ pValue, intervalMs }: Pick<Judged, 'pValue' | 'intervalMs'>): string {
  if (pValue === null) return 'at a rate not known yet'
  const days = intervalMs / pValue / 86_400_000
  if (days >= 13.5) return `about once in ${Math.round(days / 7)} weeks`
  if (days >= 1.5) return `about once in ${Math.round(days)} days`
  const bars = Math.round(1 / pValue)
  return `in about one bar of ${bars}`
}

/** "3 hours are missing": a bar that follows a gap. */
export function explainGap(missing: number, intervalMs: Ms): string {
  const bars = missing === 1 ? 'bar is' : 'bars are'
  const hours = (missing * intervalMs) / 3_600_000
  return `${missing} ${bars} missing before this one (${hours < 48 ? `${round(hours)} h` : `${round(hours / 24)} days`}): no forecast was made for it.`
}

const round = (x: number) => Number(x.toFixed(1))

/** Two decimals for a price like bitcoin's, eight digits for one like a token's. */
function price(x: number): string {
  if (x < 1) return String(Number(x.toPrecision(5)))
  const [whole = '', cents] = x.toFixed(2).split('.')
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents}`
}

function signedPercent(ratio: number): string {
  return `${ratio < 0 ? '−' : '+'}${Math.abs(100 * ratio).toFixed(1)} %`
}

function currencyOf(market: Market): string {
  return market.split(/[-:]/).at(-1) as string
}
