import { mergeWindow } from '../decide/merge-window.ts'
import type { Alarm } from '../episode.ts'
import { first, nth } from '../nth.ts'
import { unpack } from '../state/pack.ts'
import type { DetectorOpinion, Ms, Pipeline, Skill, Verdict } from '../types.ts'
import { modelId } from '../verdict.ts'
import { ScoreHistory } from './score-history.ts'

/** The scores that an engine knew when it began to judge a stream. */
export interface Beginning {
  /** name@version */
  readonly model: string
  /** Close of the last bar it had learned. */
  readonly ts: Ms
  readonly scores: Pipeline['scores']
}

/** The fields of a verdict that a replay reads. */
export type Replayed = Alarm & Pick<Verdict, 'fault' | 'skill' | 'model' | 'alarmsPerWeek'>

/** A budget to judge by. */
export interface ReplayBudget {
  readonly alarmsPerWeek: number
  /** The share of the budget for implausible rows. */
  readonly feedShare: number
}

const ids = { model: 'residual', naive: 'naive-residual' } as const
const forecasters = ['model', 'naive'] as const

/**
 * Judges past verdicts of one stream by other budgets: the scores stand as they were, and
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
    this.#judges = this.#newJudges()
  }

  /** Verdicts come oldest first. */
  step(verdict: Replayed, { alarmsPerWeek, feedShare }: ReplayBudget): Alarm {
    this.#begin(verdict)
    const { skill } = verdict
    const mergeMs = mergeMsUnder(verdict, alarmsPerWeek)
    const found = skill && this.#judges[skill.by].judge(verdict, (1 - feedShare) * alarmsPerWeek, mergeMs)
    for (const by of forecasters) this.#judges[by].learn(verdict)
    return { ...ruled(verdict, found), mergeMs }
  }

  #begin({ model, ts }: Replayed): void {
    const found = this.#beginnings.findLast(one => one.model === modelId(model) && one.ts < ts)
    if (!found || found === this.#begun) return
    this.#begun = found
    this.#judges = this.#newJudges()
    const scores = first(unpack(found.scores), forecasters.length)
    forecasters.forEach((by, i) => void this.#judges[by].load(nth(scores, i)))
  }

  #newJudges(): Readonly<Record<Skill['by'], ReplayedJudge>> {
    return { model: new ReplayedJudge('model', this.#intervalMs), naive: new ReplayedJudge('naive', this.#intervalMs) }
  }
}

/** A window that the stream has of its own stays; else it follows from the budget. */
function mergeMsUnder({ mergeMs, alarmsPerWeek }: Replayed, budget: number): Ms {
  const isOwn = mergeMs !== undefined && mergeMs !== mergeWindow(alarmsPerWeek)
  return isOwn ? (mergeMs as Ms) : mergeWindow(budget)
}

/** One forecaster's scores, as its judge in the engine keeps them. */
class ReplayedJudge {
  readonly #id: string
  readonly #past: ScoreHistory

  constructor(by: Skill['by'], intervalMs: Ms) {
    this.#id = ids[by]
    this.#past = new ScoreHistory({ alarmsPerWeek: 0, intervalMs, mergeMs: mergeWindow(0) })
  }

  judge(verdict: Replayed, alarmsPerWeek: number, mergeMs: Ms): Found | null {
    const score = scoreOf(verdict, this.#id)
    this.#past.change(alarmsPerWeek, mergeMs)
    const opinion = score === null ? null : this.#past.judge(this.#id, score)
    if (opinion === null) return null
    const { threshold } = this.#past
    const alarms = threshold !== null && opinion.score >= threshold
    return { opinion, severity: alarms ? this.#past.severity(opinion.score) : null }
  }

  learn(verdict: Replayed): void {
    const score = scoreOf(verdict, this.#id)
    // What the engine doesn't believe it learns in another shape, and without a score.
    if (score !== null && verdict.fault?.kind !== 'bad-tick') this.#past.learn(score, verdict.ts)
  }

  load(scores: Uint8Array): void {
    this.#past.load(scores)
  }
}

interface Found {
  readonly opinion: DetectorOpinion
  /** null without an alarm. */
  readonly severity: Alarm['severity']
}

/** null for a bar that the detector was not asked about: it is not learned either. */
function scoreOf({ detectors }: Replayed, id: string): number | null {
  return detectors.find(one => one.id === id)?.score ?? null
}

function ruled({ fault, ...verdict }: Replayed, found: Found | null): Alarm {
  const { id, market, interval, date, ts, reason, high, low, side, detectors } = verdict
  const bar = { id, market, interval, date, ts, reason, high, low, side, detectors }
  const pValue = found?.opinion.pValue ?? null
  const severity = fault?.kind === 'bad-tick' ? null : (found?.severity ?? null)
  return { ...bar, isAnomaly: severity !== null, lane: severity === null ? null : 'market', severity, pValue }
}
