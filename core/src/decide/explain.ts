import type { DetectorOpinion, Market, Ms, PriceOutcome } from '../types.ts'

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
  readonly opinions: readonly DetectorOpinion[]
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

/** On the side where a bar is wild, not where it is narrow. */
function isPastRange(side: 'high' | 'low', outcome: PriceOutcome): boolean {
  return side === 'low' ? outcome.actual < outcome.lower : outcome.actual > outcome.upper
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

function volume({ volumeRatio }: Judged): string {
  if (volumeRatio >= 1.5) return `on ${volumeRatio.toFixed(1)} times the usual volume`
  return volumeRatio <= 0.5 ? 'on little volume' : 'on ordinary volume'
}

const names: Readonly<Record<string, string>> = {
  residual: 'the model’s miss',
  'naive-residual': 'the naive forecast’s miss',
  surprise: 'high, low, close, range and volume together',
  mixture: 'the bar’s shape',
}

// Rarer than this, another detector counts as seeing it too.
const agreesAt = 0.01

/** Who else sees it, and how rare it is to each, rarest first. */
function agreement({ by, opinions, intervalMs }: Judged): string {
  const others = opinions
    .filter(({ id, pValue }) => id !== by && pValue <= agreesAt)
    .sort((a, b) => a.pValue - b.pValue)
  if (others.length === 0) return 'No other detector sees it.'
  const said = others.map(({ id, pValue }) => `${names[id] ?? id} (${rarity({ pValue, intervalMs })})`)
  return `Seen too by ${said.length === 1 ? said[0] : `${said.slice(0, -1).join(', ')} and ${said.at(-1)}`}.`
}

/** A row that nothing in particular is wrong with, but that is hard to believe as a whole. */
export function explainUnlikely(pValue: number, intervalMs: Ms): string {
  return `Hard to believe: high, low, close, range and volume together are of a kind that comes ${rarity({ pValue, intervalMs })}.`
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
