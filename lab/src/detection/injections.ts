import { averagePrecision, recallAt } from '@candlewatch/core/eval/detection-curve'
import { inject } from '@candlewatch/core/eval/inject'
import { type Injection, type InjectionKind, injectionKinds, type Yardstick } from '@candlewatch/core/eval/inject-kinds'
import type { Bar } from '@candlewatch/core/types'
import type { InjectionFigures, InjectionScore, Injections } from './detection-report.ts'
import type { ScoredBar } from './scores.ts'

/** One fault of each kind in so many bars. */
const options = { seed: 1, everyBars: 100 } as const
const falseAlarmRate = 0.001

export function faultsOver(bars: readonly Bar[], yardsticks: readonly (Yardstick | null)[]): readonly Injection[] {
  return injectionKinds.flatMap(kind => inject(bars, yardsticks, kind, options).injections)
}

/**
 * What each detector finds of each kind of fault. `found`: its scores of each fault's bars; `clean`: those of the bars as
 * they came, the negatives. `isReal`: bars of real events, which may be left out of the negatives.
 */
export function injectionReport(
  found: ReadonlyMap<Injection, readonly ScoredBar[]>,
  clean: Readonly<Record<string, readonly number[]>>,
  isReal: (bar: number) => boolean,
): Record<string, Injections> {
  const figures = (id: string, kind: InjectionKind, negatives: readonly number[]): InjectionFigures => {
    const of = [...found].filter(([fault]) => fault.kind === kind)
    const positives = of.map(([, bars]) => highest(bars.map(({ scores }) => scores[id] as number)))
    const withoutCrashes = scoreOf(
      positives,
      negatives.filter((_, bar) => !isReal(bar)),
    )
    return { injected: of.length, ...scoreOf(positives, negatives), withoutCrashes }
  }
  const ofAllKinds = (id: string, scores: readonly number[]) =>
    Object.fromEntries(injectionKinds.map(kind => [kind, figures(id, kind, scores)])) as Injections
  return Object.fromEntries(Object.entries(clean).map(([id, scores]) => [id, ofAllKinds(id, scores)]))
}

function scoreOf(positives: readonly number[], negatives: readonly number[]): InjectionScore {
  const known = negatives.filter(score => !Number.isNaN(score))
  return {
    recallAt001: recallAt(falseAlarmRate, positives, known),
    averagePrecision: averagePrecision(positives, known),
  }
}

/** A fault is found by its strangest bar. */
function highest(scores: readonly number[]): number {
  const known = scores.filter(score => !Number.isNaN(score))
  return known.length === 0 ? Number.NaN : Math.max(...known)
}
