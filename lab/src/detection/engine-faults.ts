import { makePipeline, type PipelineConfig } from '@candlewatch/core/engine/pipeline'
import { type Injection, type InjectionKind, injectionKinds, type Yardstick } from '@candlewatch/core/eval/inject-kinds'
import type { Model } from '@candlewatch/core/forecast/artifact'
import type { Bar, Verdict } from '@candlewatch/core/types'
import { eachAlone } from './alone.ts'
import type { EngineFaults, FaultsFound } from './detection-report.ts'

/**
 * What the engine itself says of injected faults, at its own thresholds: the same faults that the detectors were given.
 * `clean`: its verdicts on the bars as they came, which tell how often it speaks without faults.
 */
export async function engineFaults(
  config: PipelineConfig,
  model: Model,
  before: readonly Bar[],
  bars: readonly Bar[],
  yardsticks: readonly (Yardstick | null)[],
  faults: readonly Injection[],
  clean: readonly Verdict[],
): Promise<EngineFaults> {
  const pipeline = makePipeline(config, model)
  for (const bar of before) pipeline.warmUp(bar)
  const verdicts = await eachAlone(bars, yardsticks, faults, pipeline)
  const found = (kind: InjectionKind): FaultsFound => {
    const of = faults.filter(fault => fault.kind === kind)
    const share = (is: (verdict: Verdict) => boolean) =>
      of.length === 0 ? null : of.filter(fault => verdicts.get(fault)?.some(is)).length / of.length
    return { injected: of.length, found: share(speaks), asFault: share(isFault) }
  }
  const byKind = Object.fromEntries(injectionKinds.map(kind => [kind, found(kind)])) as EngineFaults['byKind']
  return { barsWithoutFaults: clean.filter(speaks).length / clean.length, byKind }
}

const isFault = ({ status }: Verdict) => status === 'feed-fault'
const speaks = (verdict: Verdict) => verdict.isAnomaly || isFault(verdict)
