import { setImmediate } from 'node:timers/promises'
import { makePipeline, type PipelineConfig } from '@candlewatch/core/engine/pipeline'
import { averagePrecision, recallAt } from '@candlewatch/core/eval/detection-curve'
import { inject, injectAlone } from '@candlewatch/core/eval/inject'
import { type Injection, type InjectionKind, injectionKinds, type Yardstick } from '@candlewatch/core/eval/inject-kinds'
import type { Model } from '@candlewatch/core/forecast/artifact'
import type { Bar, Verdict } from '@candlewatch/core/types'
import { isAlarm } from '@candlewatch/core/verdict'
import type { EngineFaults, FaultsFound, InjectionFigures, InjectionScore, Injections } from './detection-report.ts'
import type { ScoredBar } from './scores.ts'

/** One fault of each kind is injected per this many bars. */
const options = { seed: 1, everyBars: 100 } as const
const falseAlarmRate = 0.001
const barsAtOnce = 500

/** The bars of a range, how each was measured, and the faults to inject into them. */
export interface FaultyBars {
  readonly bars: readonly Bar[]
  /** One a bar; null where nothing was known before it. */
  readonly yardsticks: readonly (Yardstick | null)[]
  readonly faults: readonly Injection[]
}

/** Draws the faults to inject into these bars. */
export function faultsOver(bars: readonly Bar[], yardsticks: FaultyBars['yardsticks']): readonly Injection[] {
  return injectionKinds.flatMap(kind => inject(bars, yardsticks, kind, options).injections)
}

/** A detector or an engine that goes from bar to bar and can be set back. */
export interface Machine<Answer, State> {
  step(bar: Bar): Answer
  save(): State
  load(state: State): void
}

/**
 * Runs the machine over each fault by itself and returns its answers for the fault's bars. The machine goes along the original
 * bars and is set back after each fault; otherwise it would get used to faults.
 */
export async function eachAlone<Answer, State>(
  { bars, yardsticks, faults }: FaultyBars,
  machine: Machine<Answer, State>,
  onBar: () => void = () => {},
): Promise<ReadonlyMap<Injection, readonly Answer[]>> {
  const answers = new Map<Injection, readonly Answer[]>()
  for (const [at, bar] of bars.entries()) {
    const here = faults.filter(({ first }) => first === at)
    const yardstick = yardsticks[at]
    if (here.length > 0 && yardstick) {
      const state = machine.save()
      for (const fault of here) {
        const faulty = injectAlone(bars, fault, yardstick)
        answers.set(
          fault,
          faulty.map(one => machine.step(one)),
        )
        machine.load(state)
      }
    }
    machine.step(bar)
    onBar()
    // Gives Ctrl-C and the progress bar a turn.
    if (here.length > 0 || at % barsAtOnce === 0) await setImmediate()
  }
  return answers
}

/** The parts with which the engine judges faults. */
export interface EngineFaultParts extends FaultyBars {
  readonly config: PipelineConfig
  readonly model: Model
  /** The bars before the range, which warm up the engine. */
  readonly before: readonly Bar[]
  /** The engine's verdicts on the original bars. */
  readonly clean: readonly Verdict[]
}

/** Counts the injected faults that the engine itself finds at its own thresholds, and how often it alarms without faults. */
export async function engineFaults(parts: EngineFaultParts): Promise<EngineFaults> {
  const { config, model, before, faults, clean } = parts
  const pipeline = makePipeline(config, model)
  for (const bar of before) pipeline.warmUp(bar)
  const verdicts = await eachAlone(parts, pipeline)
  const found = (kind: InjectionKind): FaultsFound => {
    const ofKind = faults.filter(fault => fault.kind === kind)
    const share = (is: (verdict: Verdict) => boolean) =>
      ofKind.length === 0 ? null : ofKind.filter(fault => verdicts.get(fault)?.some(is)).length / ofKind.length
    return { injected: ofKind.length, found: share(isAlarm), asFault: share(({ status }) => status === 'feed-fault') }
  }
  return { barsWithoutFaults: clean.filter(isAlarm).length / clean.length, byKind: byKind(found) }
}

/** The scores that an injection report needs. */
export interface InjectionParts {
  /** The detectors' scores of each fault's bars. */
  readonly found: ReadonlyMap<Injection, readonly ScoredBar[]>
  /** The detectors' scores of the original bars, by detector: the negatives. */
  readonly clean: Readonly<Record<string, readonly number[]>>
  /** True for a bar of a real event; these may be left out of the negatives. */
  readonly isReal: (bar: number) => boolean
}

/** Reports how well each detector finds each kind of fault. */
export function injectionReport({ found, clean, isReal }: InjectionParts): Record<string, Injections> {
  const figures = (id: string, kind: InjectionKind, negatives: readonly number[]): InjectionFigures => {
    const ofKind = [...found].filter(([fault]) => fault.kind === kind)
    const positives = ofKind.map(([, bars]) => highest(bars.map(({ scores }) => scores[id] ?? Number.NaN)))
    const withoutCrashes = scoreOf(
      positives,
      negatives.filter((_, bar) => !isReal(bar)),
    )
    return { injected: ofKind.length, ...scoreOf(positives, negatives), withoutCrashes }
  }
  return Object.fromEntries(
    Object.entries(clean).map(([id, scores]) => [id, byKind(kind => figures(id, kind, scores))]),
  )
}

function byKind<T>(of: (kind: InjectionKind) => T): Readonly<Record<InjectionKind, T>> {
  return Object.fromEntries(injectionKinds.map(kind => [kind, of(kind)])) as Record<InjectionKind, T>
}

function scoreOf(positives: readonly number[], negatives: readonly number[]): InjectionScore {
  const known = negatives.filter(score => !Number.isNaN(score))
  return {
    recallAt001: recallAt(falseAlarmRate, positives, known),
    averagePrecision: averagePrecision(positives, known),
  }
}

/** A fault is found by its highest score. */
function highest(scores: readonly number[]): number {
  const known = scores.filter(score => !Number.isNaN(score))
  return known.length === 0 ? Number.NaN : Math.max(...known)
}
