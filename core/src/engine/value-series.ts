import { Conformal } from '../decide/conformal.ts'
import { mergeWindow } from '../decide/merge-window.ts'
import { isoDate } from '../interval.ts'
import { known, nth } from '../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { pack, unpack } from '../state/pack.ts'
import { median } from '../stats/median.ts'
import { weekMs } from '../time.ts'
import type { Lane, Ms, Status } from '../types.ts'
import { EpisodeBudget } from './series/episode-budget.ts'
import { Surprise } from './series/surprise.ts'

/** One measurement. */
export interface Sample {
  readonly ts: Ms
  /** Finite; zero and negative too. */
  readonly value: number
}

/** The verdict on one measurement. */
export interface ValueVerdict {
  /** ISO 8601 UTC. */
  readonly date: string
  readonly value: number
  /**
   * About −log₁₀ of how rare the row is, more where several signs agree: 2 is one in a hundred or rarer, 3 one in a thousand or
   * rarer. null while warming up.
   */
  readonly score: number | null
  /** The share of past rows at least as strange. */
  readonly pValue: number | null
  /** Only the first row of an episode. */
  readonly isAnomaly: boolean
  /** anomaly: every row of an episode at or above the level. */
  readonly status: Status
  readonly lane: Lane | null
}

/** Episodes a week, or a row; alarms within six hours are one episode. */
export type ValueBudget = { readonly alarmsPerWeek: number } | { readonly alarmsPerRow: number }

/** When rows alarm. */
export interface ValueAlarms {
  readonly budget: ValueBudget
  /** No row below this score alarms, whatever the budget allows. */
  readonly level?: number | undefined
}

export interface ValueSeries {
  /** `ts` counts as the newest so far when it lies before it. */
  step(sample: Sample): ValueVerdict
  save(): Uint8Array
  /** State from `save`; the series that loads it must have the budget and level of the one that saved it. */
  load(state: Uint8Array): void
}

/** Rows before the first opinion: 20 for the scales, 30 for the tails, 100 for the p-value and the budget. */
export const warmUpRows = 150
// A series that never moves spends no budget: what one row in three is like is no alarm.
const leastScore = 0.5

/** Any series of numbers, strictly online: scores a row by the rows before it, then learns it. */
export function makeValueSeries({ budget, level = 0 }: ValueAlarms): ValueSeries {
  const surprise = new Surprise()
  const calibrator = new Conformal()
  const alarms = new EpisodeBudget()
  let spacings: number[] = []
  let last = Number.NaN
  let rows = 0

  function judge(score: number | null): Omit<ValueVerdict, 'date' | 'value'> {
    const pValue = score === null || rows < warmUpRows ? null : calibrator.pValue(score)
    if (score === null || pValue === null) {
      return { score: null, pValue: null, isAnomaly: false, status: 'warming-up', lane: null }
    }
    const isHigh = alarms.threshold !== null && score >= Math.max(alarms.threshold, leastScore, level)
    const status = isHigh ? 'anomaly' : 'normal'
    return {
      ...rounded(score, pValue),
      isAnomaly: isHigh && alarms.isBetweenEpisodes,
      status,
      lane: isHigh ? 'market' : null,
    }
  }

  /** The number of rows in a week is fixed once, from the rows seen until then. */
  function start(): void {
    const intervalMs = intervalOf(spacings)
    surprise.start(intervalMs)
    alarms.start(episodesPerRow(budget, intervalMs), Math.max(1, Math.floor(mergeWindow(0) / intervalMs)))
    spacings = []
  }

  return {
    step({ ts, value }) {
      const now = Math.max(ts, Number.isNaN(last) ? ts : last)
      if (!Number.isNaN(last) && rows < warmUpRows) spacings.push(now - last)
      last = now
      const { score, learn } = surprise.look(now, value)
      const verdict = judge(score)
      if (score !== null) {
        calibrator.learn(score)
        alarms.learn(score, verdict.status === 'anomaly')
      }
      learn()
      if (++rows === warmUpRows) start()
      return { date: isoDate(ts), value, ...verdict }
    },
    save() {
      return pack([floatsToBytes([rows, last, ...spacings]), surprise.save(), calibrator.save(), alarms.save()])
    },
    load(state) {
      const [own, ...parts] = unpack(state)
      ;[rows = 0, last = Number.NaN, ...spacings] = floatsFromBytes(known(own))
      ;[surprise, calibrator, alarms].forEach((part, i) => void part.load(nth(parts, i)))
    },
  }
}

const rounded = (score: number, pValue: number) => ({
  score: Number(score.toPrecision(6)),
  pValue: Number(pValue.toPrecision(4)),
})

function episodesPerRow(budget: ValueBudget, intervalMs: Ms): number {
  return 'alarmsPerRow' in budget ? budget.alarmsPerRow : (budget.alarmsPerWeek * intervalMs) / weekMs
}

/** The median spacing, at least 1 ms. */
function intervalOf(spacings: readonly number[]): Ms {
  return Math.max(1, median(Float64Array.from(spacings))) as Ms
}
