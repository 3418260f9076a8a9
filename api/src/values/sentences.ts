import type { Episode, EpisodeAnswer, Fault, FaultAnswer } from '../episode.ts'
import type { Reason, SkillReason } from '../reasons.ts'
import type { Verdict, VerdictAnswer } from '../verdict.ts'
import { detectors, isDetector } from './detectors.ts'
import { rarityInSentence } from './rarity.ts'

type ReasonOf<Code extends Reason['code']> = Extract<Reason, { readonly code: Code }>

/** The verdict as the API answers it. */
export function verdictAnswer(verdict: Verdict): VerdictAnswer {
  const { fault, skill } = verdict
  const because = sentence(verdict.reason, verdict.market)
  return {
    ...verdict,
    because,
    fault: fault && { ...fault, evidence: because },
    skill: skill && { ...skill, because: skillSentence(skill.reason) },
  }
}

/** The episode as the API answers it. */
export function episodeAnswer<E extends Episode>(episode: E): E & EpisodeAnswer {
  return { ...episode, because: sentence(episode.reason, episode.market) }
}

/** The fault as the API answers it. */
export function faultAnswer(fault: Fault): FaultAnswer {
  return { ...fault, because: sentence(fault.reason, fault.market) }
}

/** One sentence that a trader would say: what came, what was expected, how rare that is. */
export function sentence(reason: Reason, market: string): string {
  switch (reason.code) {
    case 'warming-up':
      return warmingUp(reason.barsNeeded)
    case 'within-range':
      return `High ${price(reason.high)} and low ${price(reason.low)} stayed within what was expected.`
    case 'past-range':
      return pastRange(reason)
    case 'anomaly':
      return anomaly(reason, market)
    case 'gap':
      return gap(reason)
    case 'flat':
      return flat(reason)
    case 'bad-tick':
      return badTick(reason)
    case 'unlikely':
      return unlikely(reason)
    case 'stored-text':
      return reason.text
  }
}

/** Why that forecaster drives detection, in one sentence. */
export function skillSentence(reason: SkillReason): string {
  if (reason.code === 'stored-text') return reason.text
  if (reason.code === 'few-errors') {
    return `The model drives: ${reason.bars} bars of errors are too few to judge it by.`
  }
  const { code, days, modelPercent, naivePercent } = reason
  const errors = `its error over the last ${days} days is ${modelPercent.toFixed(3)} % of the price, the naive forecast's ${naivePercent.toFixed(3)} %`
  return code === 'model-better'
    ? `The model drives: ${errors}.`
    : `The naive forecast drives: the model lost to it; ${errors}.`
}

function warmingUp(barsNeeded: number): string {
  if (barsNeeded === 0) return 'Warming up: no forecast was made for this bar; the first one follows it.'
  const bars = barsNeeded === 1 ? 'one more bar is' : `${barsNeeded} more bars are`
  return `Warming up: ${bars} needed before the first forecast.`
}

function pastRange({ side, actual, edge, pValue, intervalMs }: ReasonOf<'past-range'>): string {
  const [name, direction] = side === 'low' ? ['Low', 'below'] : ['High', 'above']
  return (
    `${name} ${price(actual)} went ${direction} the 90 % range, which ended at ${price(edge)}; ` +
    `a miss like this comes ${rarityInSentence(pValue, intervalMs)}.`
  )
}

function anomaly(reason: ReasonOf<'anomaly'>, market: string): string {
  const { side, actual, expected, absoluteError, edge, change, volumeRatio, pValue, intervalMs } = reason
  const [moved, direction] = side === 'low' ? ['Fell to', 'below'] : ['Rose to', 'above']
  const percent = ((100 * absoluteError) / expected).toFixed(1)
  return (
    `${moved} ${price(actual)} ${currencyOf(market)}, ${percent} % ${direction} the ${price(expected)} expected` +
    `${edge === null ? '' : ` (the 90 % range ended at ${price(edge)})`}; ` +
    `closed ${signedPercent(change)} on the bar, ${volume(volumeRatio)}. ` +
    `A miss this large comes ${rarityInSentence(pValue, intervalMs)}. ${agreement(reason)}`
  )
}

function volume(ratio: number | null): string {
  if (ratio === null) return 'on volume where none is usual'
  if (ratio >= 1.5) return `on ${ratio.toFixed(1)} times the usual volume`
  return ratio <= 0.5 ? 'on little volume' : 'on ordinary volume'
}

const nameOf = (id: string) => (isDetector(id) ? detectors[id].inSentence : id)

function agreement({ others, agreeing, clearest, intervalMs }: ReasonOf<'anomaly'>): string {
  if (!clearest) return 'No other detector sees it.'
  const by = `${nameOf(clearest.id)} (${rarityInSentence(clearest.pValue, intervalMs)})`
  if (others === 1) return `Seen too by ${by}.`
  return `Seen too by ${agreeing} of ${others} others${agreeing > 1 ? ', clearest' : ':'} by ${by}.`
}

function gap({ missing, intervalMs }: ReasonOf<'gap'>): string {
  const bars = missing === 1 ? 'bar is' : 'bars are'
  const hours = (missing * intervalMs) / 3_600_000
  const length = hours < 48 ? `${oneDecimal(hours)} h` : `${oneDecimal(hours / 24)} days`
  return `${missing} ${bars} missing before this one (${length}): no forecast was made for it.`
}

function flat({ bars, longestBefore }: ReasonOf<'flat'>): string {
  const before =
    longestBefore === 0 ? 'it never stood still before' : `the longest such run before it was ${longestBefore}`
  return `Nothing has moved for ${bars} bars (${before}): the feed may be stuck.`
}

function badTick({ side, price, outside, volumeRatio }: ReasonOf<'bad-tick'>): string {
  return (
    `A ${side} of ${price}, ${(100 * outside).toFixed(1)} % outside the range, while open and close stayed ` +
    `inside it and volume was ${volumeRatio.toFixed(1)} times the usual: a bad tick, by all signs.`
  )
}

function unlikely({ witness, rangeRatio, volumeRatio, pValue, intervalMs }: ReasonOf<'unlikely'>): string {
  const [range, volume] = [times(rangeRatio), times(volumeRatio)]
  const seen: Readonly<Record<string, string>> = {
    'volume-alone': `${volume} the volume expected, while the range was ${range} the one expected`,
    'wick-alone': `a long wick on ${volume} the volume expected`,
    'move-alone': `a long way from close to close on ${volume} the volume expected`,
    'ranges-alone': `wide bars in a row, this one ${range} the range expected, on ${volume} the volume`,
  }
  const what = seen[witness] ?? `${range} the range expected on ${volume} the volume`
  return `Hard to believe: ${what}. Price and volume disagree like this ${rarityInSentence(pValue, intervalMs)}.`
}

const times = (ratio: number) => `${Number(ratio.toPrecision(2))} times`
const oneDecimal = (x: number) => Number(x.toFixed(1))

/** Two decimals for a price like bitcoin's, five digits for one like a token's. */
function price(x: number): string {
  if (x < 1) return String(Number(x.toPrecision(5)))
  const [whole = '', cents] = x.toFixed(2).split('.')
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents}`
}

function signedPercent(ratio: number): string {
  return `${ratio < 0 ? '−' : '+'}${Math.abs(100 * ratio).toFixed(1)} %`
}

function currencyOf(market: string): string {
  return market.split(/[-:]/).at(-1) ?? market
}
