import type { DetectorOpinion, Market, Ms, PriceOutcome } from '../types.ts'
import { agreesAt, isPastRange } from '../verdict.ts'

/** What a sentence needs to know of a judged bar. */
export interface Judged {
  readonly market: Market
  readonly intervalMs: Ms
  readonly open: number
  readonly close: number
  readonly high: PriceOutcome
  readonly low: PriceOutcome
  /** Which of the two left its forecast further. */
  readonly side: 'high' | 'low'
  readonly pValue: number | null
  readonly isAnomaly: boolean
  /** The bar's volume over the usual. */
  readonly volumeRatio: number
  /** The detector that drives, and what all of them say. */
  readonly by: string | null
  readonly opinions: readonly Pick<DetectorOpinion, 'id' | 'pValue'>[]
}

/** One sentence that a trader would say: what came, what was expected, how rare that is. */
export function explain(judged: Judged): string {
  const { side, market, open, close } = judged
  if (!judged.isAnomaly) return ordinary(judged)
  const outcome = judged[side]
  const [moved, direction] = side === 'low' ? ['Fell to', 'below'] : ['Rose to', 'above']
  const percent = ((100 * outcome.absoluteError) / outcome.expected).toFixed(1)
  return (
    `${moved} ${price(outcome.actual)} ${currencyOf(market)}, ${percent} % ${direction} the ${price(outcome.expected)} expected` +
    `${isPastRange(side, outcome) ? ` (the 90 % range ended at ${price(edge(side, outcome))})` : ''}; ` +
    `closed ${signedPercent(close / open - 1)} on the bar, ${volume(judged)}. A miss this large comes ${rarity(judged)}. ${agreement(judged)}`
  )
}

function ordinary(judged: Judged): string {
  const { high, low, side } = judged
  const wildestFirst = side === 'low' ? (['low', 'high'] as const) : (['high', 'low'] as const)
  const wild = wildestFirst.find(one => isPastRange(one, judged[one]))
  if (!wild) return `High ${price(high.actual)} and low ${price(low.actual)} stayed within what was expected.`
  const [name, direction] = wild === 'low' ? ['Low', 'below'] : ['High', 'above']
  return (
    `${name} ${price(judged[wild].actual)} went ${direction} the 90 % range, which ended at ${price(edge(wild, judged[wild]))}; ` +
    `a miss like this comes ${rarity(judged)}.`
  )
}

const edge = (side: 'high' | 'low', outcome: PriceOutcome) => (side === 'low' ? outcome.lower : outcome.upper)

/** "about once in 3 weeks", from the share of bars at least as strange. */
export function rarity({ pValue, intervalMs }: Pick<Judged, 'pValue' | 'intervalMs'>): string {
  if (pValue === null) return 'at a rate not known yet'
  const days = intervalMs / pValue / 86_400_000
  if (days >= 13.5) return `about once in ${Math.round(days / 7)} weeks`
  if (days >= 1.5) return `about once in ${Math.round(days)} days`
  const bars = Math.round(1 / pValue)
  return `in about one bar of ${bars}`
}

function volume({ volumeRatio }: Judged): string {
  if (volumeRatio >= 1.5) return `on ${volumeRatio.toFixed(1)} times the usual volume`
  return volumeRatio <= 0.5 ? 'on little volume' : 'on ordinary volume'
}

const names: Readonly<Record<string, string>> = {
  residual: 'the model’s miss',
  'naive-residual': 'the naive forecast’s miss',
  feed: 'the feed’s witnesses',
  move: 'the move alone',
  zscore: 'the return’s z-score',
  'isolation-forest': 'the isolation forest',
  kmeans: 'k-means',
  'gaussian-mixture': 'the Gaussian mixture',
  surprise: 'the forecast’s quantiles',
  rules: 'the four plain rules',
}

/** How many others see it, and to whom it is rarest. */
function agreement({ by, opinions, intervalMs }: Judged): string {
  const others = opinions.filter(({ id }) => id !== by)
  const agreeing = others.filter(({ pValue }) => pValue <= agreesAt).sort((a, b) => a.pValue - b.pValue)
  const [rarest] = agreeing
  if (!rarest) return 'No other detector sees it.'
  const of = `${names[rarest.id] ?? rarest.id} (${rarity({ pValue: rarest.pValue, intervalMs })})`
  if (others.length === 1) return `Seen too by ${of}.`
  return `Seen too by ${agreeing.length} of ${others.length} others${agreeing.length > 1 ? ', clearest' : ':'} by ${of}.`
}

/** What the surest witness against a row saw; each size is the natural logarithm of how many times the expected one it was. */
export function explainUnlikely(
  witness: string,
  sizes: Readonly<Record<'range' | 'volume', number>>,
  rare: Pick<Judged, 'pValue' | 'intervalMs'>,
): string {
  const [range, volume] = [times(sizes.range), times(sizes.volume)]
  const seen: Readonly<Record<string, string>> = {
    'volume-alone': `${volume} the volume expected, while the range was ${range} the one expected`,
    'wick-alone': `a long wick on ${volume} the volume expected`,
    'move-alone': `a long way from close to close on ${volume} the volume expected`,
    'ranges-alone': `wide bars in a row, this one ${range} the range expected, on ${volume} the volume`,
  }
  const what = seen[witness] ?? `${range} the range expected on ${volume} the volume`
  return `Hard to believe: ${what}. Price and volume disagree like this ${rarity(rare)}.`
}

const times = (ln: number) => `${Number(Math.exp(ln).toPrecision(2))} times`

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
