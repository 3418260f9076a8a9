import type { Episode, EpisodeAnswer, Fault, FaultAnswer } from '../episode.ts'
import type { Reason, SkillReason } from '../reasons.ts'
import type { Verdict, VerdictAnswer } from '../verdict.ts'
import { detectors, isDetector } from './detectors.ts'
import { rarityInSentence } from './rarity.ts'

type ReasonOf<Code extends Reason['code']> = Extract<Reason, { readonly code: Code }>

// The answer to a row and the event stream show the same verdict, so its sentences are rendered once.
const answers = new WeakMap<Verdict, VerdictAnswer>()

/** Adds the sentences to a verdict, as the API answers it. */
export function verdictAnswer(verdict: Verdict): VerdictAnswer {
  const known = answers.get(verdict)
  if (known) return known
  const { fault, skill } = verdict
  const because = sentence(verdict.reason, verdict.market)
  const answer = {
    ...verdict,
    because,
    fault: fault && { ...fault, evidence: because },
    skill: skill && { ...skill, because: skillSentence(skill.reason) },
  }
  answers.set(verdict, answer)
  return answer
}

/** Adds the sentence to an episode, as the API answers it. */
export function episodeAnswer<E extends Episode>(episode: E): E & EpisodeAnswer {
  return { ...episode, because: sentence(episode.reason, episode.market) }
}

/** Adds the sentence to a feed fault, as the API answers it. */
export function faultAnswer(fault: Fault): FaultAnswer {
  return { ...fault, because: sentence(fault.reason, fault.market) }
}

/**
 * Renders a reason in plain English: the actual values, the expected ones, and how rare the difference is.
 *
 * @example
 * sentence({ code: 'gap', missing: 1, intervalMs: 3_600_000 }, 'bitstamp:BTC-USD')
 * // '1 bar is missing before this one (1 h), so it has no forecast.'
 */
export function sentence(reason: Reason, market: string): string {
  switch (reason.code) {
    case 'warming-up':
      return warmingUp(reason.barsNeeded)
    case 'within-range':
      return `High ${price(reason.high)} and low ${price(reason.low)} stayed within the expected range.`
    case 'past-range':
      return pastRange(reason)
    case 'anomaly':
      return anomaly(reason, market)
    case 'gap':
      return gap(reason)
    case 'flat':
      return flat(reason)
    case 'repeat':
      return 'The row repeats every number of the one before it: the feed may be stuck.'
    case 'break':
      return broken(reason)
    case 'bad-tick':
      return badTick(reason)
    case 'unlikely':
      return unlikely(reason)
    case 'stored-text':
      return reason.text
  }
}

/** Says in one sentence which forecaster is in use, and why. */
export function skillSentence(reason: SkillReason): string {
  if (reason.code === 'stored-text') return reason.text
  if (reason.code === 'few-errors') {
    return `Using the model: ${reason.bars} bars are too few to compare it with the naive forecast.`
  }
  const { code, days } = reason
  const [model, naive] = [reason.modelPercent.toFixed(3), reason.naivePercent.toFixed(3)]
  return code === 'model-better'
    ? `Using the model: over the last ${days} days its error was ${model} % of the price, the naive forecast's ${naive} %.`
    : `Using the naive forecast: over the last ${days} days its error was ${naive} % of the price, the model's ${model} %.`
}

function warmingUp(barsNeeded: number): string {
  if (barsNeeded === 0) return 'Warming up: the first forecast will be for the next bar.'
  const bars = barsNeeded === 1 ? '1 more bar is' : `${barsNeeded} more bars are`
  return `Warming up: ${bars} needed before the first forecast.`
}

function pastRange({ side, actual, edge, pValue, intervalMs }: ReasonOf<'past-range'>): string {
  const [name, direction, end] = side === 'low' ? ['Low', 'below', 'from'] : ['High', 'above', 'up to']
  return (
    `${name} ${price(actual)} is ${direction} the 90 % range (${end} ${price(edge)}); ` +
    `a deviation this large occurs ${rarityInSentence(pValue, intervalMs)}.`
  )
}

function anomaly(reason: ReasonOf<'anomaly'>, market: string): string {
  const { side, actual, expected, absoluteError, edge, change, volumeRatio, pValue, intervalMs } = reason
  const [moved, direction, end] = side === 'low' ? ['Fell to', 'below', 'from'] : ['Rose to', 'above', 'up to']
  const percent = ((100 * absoluteError) / expected).toFixed(1)
  return (
    `${moved} ${price(actual)} ${currencyOf(market)}, ${percent} % ${direction} the expected ${price(expected)}` +
    `${edge === null ? '' : ` (90 % range ${end} ${price(edge)})`}; ` +
    `the bar closed ${signedPercent(change)}, ${volume(volumeRatio)}. ` +
    `A deviation this large occurs ${rarityInSentence(pValue, intervalMs)}. ${agreement(reason)}`
  )
}

function volume(ratio: number | null): string {
  if (ratio === null) return 'with no usual volume to compare'
  if (ratio >= 1.5) return `on ${ratio.toFixed(1)} times the usual volume`
  return ratio <= 0.5 ? 'on low volume' : 'on normal volume'
}

const nameOf = (id: string) => (isDetector(id) ? detectors[id].inSentence : id)

function agreement({ others, agreeing, clearest, intervalMs }: ReasonOf<'anomaly'>): string {
  if (!clearest) return 'No other detector agrees.'
  const rarest = `${nameOf(clearest.id)} (${rarityInSentence(clearest.pValue, intervalMs)})`
  if (others === 1) return `The other detector agrees: ${rarest}.`
  return agreeing === 1
    ? `1 of ${others} other detectors agrees: ${rarest}.`
    : `${agreeing} of ${others} other detectors agree, most clearly ${rarest}.`
}

function gap({ missing, intervalMs }: ReasonOf<'gap'>): string {
  const bars = missing === 1 ? 'bar is' : 'bars are'
  const hours = (missing * intervalMs) / 3_600_000
  const length = hours < 48 ? `${oneDecimal(hours)} h` : `${oneDecimal(hours / 24)} days`
  return `${missing} ${bars} missing before this one (${length}), so it has no forecast.`
}

function flat({ bars, longestBefore }: ReasonOf<'flat'>): string {
  const before = longestBefore === 0 ? 'no flat run before' : `longest flat run before: ${longestBefore}`
  return `The price has not moved for ${bars} bars (${before}): the feed may be stuck.`
}

function broken({ open, previousClose, jump, largestBefore, isNewLevel }: ReasonOf<'break'>): string {
  const before = largestBefore === 0 ? 'none before' : `largest before: ${Number(largestBefore.toPrecision(2))}`
  const apart =
    `The open of ${price(open)} is ${Number(jump.toPrecision(2))} usual ranges from the close of ` +
    `${price(previousClose)} before it (${before})`
  return isNewLevel
    ? `${apart}, and continues the row before it: the new level is accepted from the next bar on.`
    : `${apart}: probably another unit, currency or decimal point.`
}

function badTick({ side, price, outside, volumeRatio }: ReasonOf<'bad-tick'>): string {
  return (
    `The ${side} of ${price} is ${(100 * outside).toFixed(1)} % outside the 90 % range, while open and close are ` +
    `inside it and volume is ${volumeRatio.toFixed(1)} times the usual: probably a bad tick.`
  )
}

function unlikely({ witness, rangeRatio, volumeRatio, pValue, intervalMs }: ReasonOf<'unlikely'>): string {
  const [range, volume] = [times(rangeRatio), times(volumeRatio)]
  const seen: Readonly<Record<string, string>> = {
    'volume-alone': `${volume} the expected volume, but ${range} the expected range`,
    'wick-alone': `a long wick on ${volume} the expected volume`,
    'move-alone': `a large move from close to close on ${volume} the expected volume`,
    'ranges-alone': `wide bars in a row, this one ${range} the expected range, on ${volume} the expected volume`,
  }
  const what = seen[witness] ?? `${range} the expected range on ${volume} the expected volume`
  return `Implausible row: ${what}. Price and volume disagree this much ${rarityInSentence(pValue, intervalMs)}.`
}

const times = (ratio: number) => `${Number(ratio.toPrecision(2))} times`
const oneDecimal = (x: number) => Number(x.toFixed(1))

/** Formats a price with two decimals, or with five significant digits below 1. */
function price(x: number): string {
  if (x < 1) return String(Number(x.toPrecision(5)))
  const text = x.toFixed(2)
  let grouped = text.slice(-6)
  for (let end = text.length - 6; end > 0; end -= 3) grouped = `${text.slice(Math.max(0, end - 3), end)},${grouped}`
  return grouped
}

function signedPercent(ratio: number): string {
  return `${ratio < 0 ? '−' : '+'}${Math.abs(100 * ratio).toFixed(1)} %`
}

function currencyOf(market: string): string {
  return market.split(/[-:]/).at(-1) ?? market
}
