import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { ModelStore, Trial } from '@candlewatch/adapters/stores/models'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import type { Clock } from '@candlewatch/core/clock'
import { EpisodeTracker } from '@candlewatch/core/decide/episodes'
import { warmUpBars } from '@candlewatch/core/engine/pipeline'
import { run } from '@candlewatch/core/engine/run'
import type { Manifest } from '@candlewatch/core/forecast/artifact'
import { trainedTo } from '@candlewatch/core/forecast/model-choice'
import { isoDate, readInterval } from '@candlewatch/core/interval'
import { known } from '@candlewatch/core/nth'
import { dayMs, openOf, type Stream, streamKey } from '@candlewatch/core/time'
import type { Bar, Market, Ms, Pipeline, PriceOutcome, Sink, Step, Verdict } from '@candlewatch/core/types'
import type { OpenModel } from './model-folders.ts'
import type { PromotionRule } from './promotion-rule.ts'

/** The parts that a trial works with. */
export interface TrialParts {
  readonly store: BarStore & VerdictStore & ModelStore
  readonly rule: PromotionRule
  readonly clock: Clock
  /** Lets a pipeline learn bars of the past, without keeping other requests waiting. */
  warmUp(bars: readonly Bar[], pipeline: Pipeline): Promise<void>
}

const trialMs = 30 * dayMs
// A forecast takes a millisecond or two: other requests wait for a few of them at most.
const batchBars = 10

/** Makes the function that compares a challenger with the champion. */
export function makeTrial(parts: TrialParts) {
  return (challenger: OpenModel, champion: OpenModel) => trial(parts, challenger, champion)
}

/**
 * Runs the challenger over the last 30 days of stored bars of its market and compares its alarms and errors with the champion's
 * verdicts on the same bars. Bars that its weights were fitted on are left out. Resolves to null if no bar is left that both
 * have forecast. The result is stored.
 */
export async function trial(parts: TrialParts, challenger: OpenModel, champion: OpenModel): Promise<Trial | null> {
  const { store, rule, clock, warmUp } = parts
  const stream = await trialStream(store, challenger)
  if (stream === null) return null
  const { before, window } = await barsOf(store, stream, challenger)
  if (window.length === 0) return null
  const [judged, championVerdicts] = [await judge(warmUp, challenger, stream, before, window), new Map<Ms, Verdict>()]
  for (const [ts, verdict] of await stored(store, stream, window, champion)) championVerdicts.set(ts, verdict)
  // Stored verdicts count as they are; the champion judges now the bars that another model judged then.
  if (window.some(bar => !championVerdicts.has(bar.ts))) {
    for (const [ts, verdict] of await judge(warmUp, champion, stream, before, window))
      if (!championVerdicts.has(ts)) championVerdicts.set(ts, verdict)
  }
  const both = window.filter(({ ts }) => errorOf(judged.get(ts)) !== null && errorOf(championVerdicts.get(ts)) !== null)
  const [first, last] = [both[0], both.at(-1)]
  if (!first || !last) return null
  const alarms = { challenger: alarmsOf(judged, both), champion: alarmsOf(championVerdicts, both) }
  const outcome = {
    bars: both.length,
    alarms,
    challengerError: meanError(judged, both),
    championError: meanError(championVerdicts, both),
  }
  const result: Trial = {
    ...outcome,
    ...rule({ ...outcome, spanMs: (both.length * stream.intervalMs) as Ms }),
    name: challenger.manifest.name,
    challenger: challenger.manifest.version,
    champion: champion.manifest.version,
    from: openOf(first, stream.intervalMs),
    to: openOf(last, stream.intervalMs),
    more: alarms.challenger.filter(date => !alarms.champion.includes(date)).length,
    fewer: alarms.champion.filter(date => !alarms.challenger.includes(date)).length,
    at: clock.now(),
  }
  await store.saveTrial(result)
  return result
}

/** The stream that a model was trained for; null for a model of any market. */
export function streamOf({ manifest: { market, interval } }: OpenModel): Stream | null {
  return market === null || interval === null ? null : { market: market as Market, intervalMs: readInterval(interval) }
}

/** The stream on which versions are compared: the model's own or, of a model of any market, the one with most bars. */
async function trialStream(store: BarStore, model: OpenModel): Promise<Stream | null> {
  const own = streamOf(model)
  if (own !== null) return own
  const all = [...(await store.streams())].sort((a, b) => b.bars - a.bars || (streamKey(a) < streamKey(b) ? -1 : 1))
  return all[0] ?? null
}

async function barsOf(store: BarStore, stream: Stream, { manifest }: OpenModel) {
  const limit = Math.ceil(trialMs / stream.intervalMs) + warmUpBars
  const bars = await store.bars({ ...stream, fromMs: null, toMs: null, limit })
  const last = bars.at(-1)?.ts ?? 0
  const from = Math.max(last - trialMs, unseenFrom(manifest, stream))
  const isIn = (bar: Bar) => openOf(bar, stream.intervalMs) >= from
  return { before: bars.filter(bar => !isIn(bar)).slice(-warmUpBars), window: bars.filter(isIn) }
}

/** The open of the first bar of the stream that no weight was fitted on. */
function unseenFrom(manifest: Manifest, { market, intervalMs }: Stream): number {
  const { refitted, validationFrom, series = [] } = manifest.training
  const last = trainedTo(manifest, market)
  if (refitted) return last === null ? 0 : Date.parse(last) + intervalMs
  return Date.parse(series.find(one => one.market === market)?.validationFrom ?? validationFrom)
}

async function judge(
  warmUp: TrialParts['warmUp'],
  model: OpenModel,
  stream: Stream,
  before: readonly Bar[],
  window: readonly Bar[],
) {
  const verdicts = new Map<Ms, Verdict>()
  const sink: Sink<Step> = {
    async write(steps) {
      for (const { verdict } of steps) verdicts.set(verdict.ts, verdict)
      await new Promise(resolve => setImmediate(resolve))
    },
  }
  const pipeline = model.makePipeline(stream)
  await warmUp(before, pipeline)
  await run(window, { pipeline, episodes: new EpisodeTracker() }, sink, batchBars)
  return verdicts
}

async function stored(store: VerdictStore, stream: Stream, window: readonly Bar[], { manifest }: OpenModel) {
  const [first] = window
  if (!first) return []
  const range = { fromMs: openOf(first, stream.intervalMs), toMs: null, limit: 2 * window.length }
  const rows = await store.verdicts({ ...stream, ...range })
  const its = rows.map(row => row.verdict).filter(({ model }) => isSame(model, manifest))
  return its.map(verdict => [verdict.ts, verdict] as const)
}

const isSame = (a: { name: string; version: string }, b: { name: string; version: string }) =>
  a.name === b.name && a.version === b.version

/** The error of the model's own forecast, also where the naive forecast drove; null where there was none. */
function errorOf(verdict: Verdict | undefined): number | null {
  if (!verdict?.high || !verdict.low) return null
  const off = (price: PriceOutcome) => Math.abs(price.actual - price.model)
  return (off(verdict.high) + off(verdict.low)) / 2
}

function meanError(verdicts: ReadonlyMap<Ms, Verdict>, bars: readonly Bar[]): number {
  return bars.reduce((sum, { ts }) => sum + errorOf(verdicts.get(ts))!, 0) / bars.length
}

function alarmsOf(verdicts: ReadonlyMap<Ms, Verdict>, bars: readonly Bar[]): readonly string[] {
  return bars
    .filter(({ ts }) => known(verdicts.get(ts)).isAnomaly)
    .map(({ ts }) => isoDate(Date.parse(known(verdicts.get(ts)).date)))
}
