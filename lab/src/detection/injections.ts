import { averagePrecision, recallAt } from '@candlewatch/core/eval/detection-curve'
import { type Injection, inject, type Yardstick } from '@candlewatch/core/eval/inject'
import { type InjectionKind, injectionKinds } from '@candlewatch/core/eval/inject-kinds'
import type { Bar } from '@candlewatch/core/types'
import type { InjectionFigures, InjectionScore, Injections } from './detection-report.ts'
import type { Scored } from './scores.ts'

/** One fault in so many bars, as a market may bring in its worst week, and each is forgotten before the next. */
export const injectOptions = { seed: 1, everyBars: 100 } as const
// Neither an alarm nor its absence says anything of the bars right after a fault: scales still hold it.
const afterBars = 24
const falseAlarmRate = 0.001

/**
 * What each detector finds of each kind of fault, one kind a pass over a copy of the bars; `score` runs all detectors from
 * where they stood before the first bar. `isReal`: bars of real events, which may be left out of the negatives.
 */
export async function injectionReport(
  bars: readonly Bar[],
  yardsticks: readonly (Yardstick | null)[],
  isReal: (bar: number) => boolean,
  score: (bars: readonly Bar[]) => Promise<Scored>,
): Promise<Record<string, Injections>> {
  const byDetector: Record<string, Record<InjectionKind, InjectionFigures>> = {}
  for (const kind of injectionKinds) {
    const { bars: faulty, injections } = inject(bars, yardsticks, kind, injectOptions)
    const { scores } = await score(injections.length > 0 ? faulty : [])
    for (const [id, of] of Object.entries(scores)) {
      byDetector[id] ??= {} as Record<InjectionKind, InjectionFigures>
      byDetector[id][kind] = figuresOf(of, injections, isReal)
    }
  }
  return byDetector
}

function figuresOf(
  scores: readonly number[],
  injections: readonly Injection[],
  isReal: (bar: number) => boolean,
): InjectionFigures {
  const near = new Set(injections.flatMap(({ first, last }) => range(first, last + afterBars)))
  const found = injections.map(({ first, last }) => highest(scores.slice(first, last + 1)))
  const negatives = (left: (bar: number) => boolean) => scores.filter((_, bar) => !near.has(bar) && left(bar))
  return {
    injected: injections.length,
    ...scoreOf(
      found,
      negatives(() => true),
    ),
    withoutCrashes: scoreOf(
      found,
      negatives(bar => !isReal(bar)),
    ),
  }
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

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i)
