import { severity } from '../decide/severity.ts'
import { outside } from '../detectors/residual.ts'
import type { Alarm } from '../episode.ts'
import type { Ms, Pipeline, Skill, Verdict } from '../types.ts'
import { modelId } from '../verdict.ts'
import { type Judgement, ScoreHistory } from './score-history.ts'

/** The scores that an engine knew when it began to judge a stream. */
export interface Beginning {
  /** name@version */
  readonly model: string
  /** Close of the last bar it had learned. */
  readonly ts: Ms
  readonly scores: Pipeline['scores']
}

/** The fields of a verdict that a replay reads. */
export type Replayed = Alarm & Pick<Verdict, 'fault' | 'bar' | 'skill' | 'model'>

const ids = { model: 'residual', naive: 'naive-residual' } as const

/**
 * Judges past verdicts of one stream by other budgets of the market lane: the scores stand as they were, and
 * the level of each bar follows from the scores before it. With the budgets that were in force it finds the stored alarms
 * again, from the first verdict after a beginning; `reason` stays what it was. Beginnings come oldest first.
 */
export class BudgetReplay {
  readonly #beginnings: readonly Beginning[]
  readonly #intervalMs: Ms
  #judges: Readonly<Record<Skill['by'], ReplayedJudge>>
  #begun: Beginning | null = null

  constructor(beginnings: readonly Beginning[], intervalMs: Ms) {
    this.#beginnings = beginnings
    this.#intervalMs = intervalMs
    this.#judges = this.#judgesOf({ model: [], naive: [] })
  }

  /** Verdicts come oldest first. alarmsPerWeek: what the market lane has of the budget. */
  step(verdict: Replayed, alarmsPerWeek: number): Alarm {
    this.#begin(verdict)
    const { skill } = verdict
    const driver = skill && this.#judges[skill.by].judge(verdict, skill.by, alarmsPerWeek)
    for (const by of forecasters) this.#judges[by].learn(verdict, by)
    return ruled(verdict, driver)
  }

  #begin({ model, ts }: Replayed): void {
    const found = this.#beginnings.findLast(one => one.model === modelId(model) && one.ts < ts)
    if (!found || found === this.#begun) return
    this.#begun = found
    this.#judges = this.#judgesOf(found.scores)
  }

  #judgesOf({ model, naive }: Beginning['scores']) {
    return { model: new ReplayedJudge(model, this.#intervalMs), naive: new ReplayedJudge(naive, this.#intervalMs) }
  }
}

const forecasters = ['model', 'naive'] as const

/** One forecaster's scores, as its judge in the engine keeps them. */
class ReplayedJudge {
  readonly #past: ScoreHistory

  constructor(scores: readonly number[], intervalMs: Ms) {
    this.#past = new ScoreHistory(0, intervalMs, scores)
  }

  judge(verdict: Replayed, by: Skill['by'], alarmsPerWeek: number): Judgement | null {
    const score = scoreOf(verdict, by)
    this.#past.alarmsPerWeek = alarmsPerWeek
    return score === null ? null : this.#past.judge(ids[by], score)
  }

  learn(verdict: Replayed, by: Skill['by']): void {
    const score = scoreOf(verdict, by)
    if (score === null) return
    const learned = verdict.fault?.kind === 'bad-tick' ? score * shareWithoutTick(verdict, by) : score
    this.#past.learn(learned)
  }
}

/** null for a bar that the judges were not asked about: it is not learned either. */
function scoreOf({ detectors }: Replayed, by: Skill['by']): number | null {
  return detectors.find(({ id }) => id === ids[by])?.score ?? null
}

/** The engine learns a bad tick cut off at the range; the score shrinks as the distance does. */
function shareWithoutTick({ bar, high, low, side }: Replayed, by: Skill['by']): number {
  if (!high || !low) return 1
  const price = by === 'model' ? 'model' : 'baseline'
  const distance = (of: { readonly high: number; readonly low: number }) =>
    outside({ high: { actual: of.high, expected: high[price] }, low: { actual: of.low, expected: low[price] } })
  const cut = side === 'low' ? { high: bar.high, low: low.lower } : { high: high.upper, low: bar.low }
  return distance(cut) / distance(bar)
}

function ruled({ fault, ...verdict }: Replayed, driver: Judgement | null): Alarm {
  const { id, market, interval, date, ts, reason, high, low, side, detectors } = verdict
  const bar = { id, market, interval, date, ts, reason, high, low, side, detectors }
  if (!driver?.alarms || fault?.kind === 'bad-tick') {
    return { ...bar, isAnomaly: false, lane: null, severity: null, pValue: driver?.pValue ?? null }
  }
  const { pValue, level } = driver
  return { ...bar, isAnomaly: true, lane: 'market', severity: severity(pValue, level), pValue }
}
