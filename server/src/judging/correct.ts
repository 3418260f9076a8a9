import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { Correction, CorrectionStore, CorrectionWork } from '@candlewatch/adapters/stores/corrections'
import { differingField } from '@candlewatch/core/bar'
import { warmUpBars } from '@candlewatch/core/engine/pipeline'
import { run } from '@candlewatch/core/engine/run'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import { closeOf, openOf, type Stream } from '@candlewatch/core/time'
import type { Bar, Sink, Step, Verdict } from '@candlewatch/core/types'
import {
  beginningOf,
  type CurrentModel,
  type Engine,
  knownScores,
  otherRequests,
  snapshotOf,
  warmedUp,
} from './engine.ts'
import { type EpisodeHistory, trackerAt } from './episodes.ts'

/** The ports that a correction needs. */
export type CorrectingStore = BarStore & CorrectionStore

/** The result of a correction. */
export interface Corrected {
  /** null when the bar already had these numbers: nothing was changed. */
  readonly correction: Correction | null
  /** The verdicts on the corrected bar and all after it, oldest first. */
  readonly verdicts: readonly Verdict[]
}

/** A bar that can be corrected. */
export interface Correctable {
  /** The verdict on it as it is stored. */
  readonly verdict: Verdict
  /** true if the stored bar has the corrected numbers already. */
  readonly isSame: boolean
  /** The bars after it, oldest first. */
  readonly later: readonly Bar[]
}

/** A corrected bar and those after it, judged again and not written yet. */
export interface Rejudged {
  readonly engine: Engine
  readonly work: CorrectionWork
}

// A year of hours: judged again in a few seconds, and held in memory until then.
const maxLaterBars = 10_000
// Judged in some milliseconds; then other requests get their turn.
const batchBars = 20

/**
 * Finds the stored bar that a corrected one replaces. Throws ERR_CORRECTION_UNKNOWN for a bar without a verdict and
 * ERR_CORRECTION_OLD for one with more than 10,000 bars after it.
 */
export async function findCorrectable(store: BarStore, stream: Stream, bar: Bar): Promise<Correctable> {
  const openMs = openOf(bar, stream.intervalMs)
  const date = isoDate(openMs)
  const entry = (await store.known(stream, [bar.ts])).get(bar.ts)
  if (!entry?.verdict) {
    const found = entry ? 'one that was only part of the warm-up' : 'none'
    const message = `Expected a bar that was judged at ${date}, found ${found}. Only judged bars can be corrected.`
    throw new CandlewatchError('ERR_CORRECTION_UNKNOWN', message, { field: 'date' })
  }
  const fromMs = closeOf(openMs, stream.intervalMs)
  const later = await store.bars({ ...stream, fromMs, toMs: null, limit: maxLaterBars + 1 })
  if (later.length > maxLaterBars) {
    const message = `Expected a bar with at most ${maxLaterBars} after it, found ${date} with more. All of them would be judged again.`
    throw new CandlewatchError('ERR_CORRECTION_OLD', message, { field: 'date' })
  }
  return { verdict: entry.verdict, isSame: differingField(entry.bar, bar) === undefined, later }
}

/**
 * Judges a corrected bar and all after it. The engine starts anew and is warmed up on the bars before, so that its verdicts
 * follow from the bars alone.
 */
export async function rejudge(
  store: BarStore & EpisodeHistory,
  stream: Stream,
  model: CurrentModel,
  {
    bar,
    later,
    reason,
    alarmsPerWeek,
  }: Pick<Correctable, 'later'> & {
    readonly bar: Bar
    readonly reason: string
    readonly alarmsPerWeek: number
  },
): Promise<Rejudged> {
  const toMs = openOf(bar, stream.intervalMs)
  const before = await store.bars({ ...stream, fromMs: null, toMs, limit: warmUpBars })
  const { tracker, newest } = await trackerAt(store, stream, toMs)
  const engine = await warmedUp(stream, model, before, tracker)
  const [beginning, known] = [beginningOf(engine), knownScores(engine)]
  engine.pipeline.alarmsPerWeek = alarmsPerWeek
  const steps: Step[] = []
  const sink: Sink<Step> = {
    write(batch) {
      steps.push(...batch)
      return otherRequests()
    },
  }
  await run([bar, ...later], engine, sink, batchBars)
  engine.newestTs = (later.at(-1) ?? bar).ts
  const snapshot = snapshotOf(engine)
  return { engine, work: { bar, reason, at: bar.seen, steps, episodeBefore: newest, snapshot, beginning, known } }
}
