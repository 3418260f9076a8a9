import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { CorrectionWork, YearStart } from '@candlewatch/adapters/stores/corrections'
import type { EngineSettings } from '@candlewatch/adapters/stores/settings'
import { warmUpBars } from '@candlewatch/core/engine/pipeline'
import { run } from '@candlewatch/core/engine/run'
import { isoDate } from '@candlewatch/core/interval'
import { openOf, type Stream } from '@candlewatch/core/time'
import type { Bar, Sink, Step } from '@candlewatch/core/types'
import {
  type BudgetInForce,
  beginningOf,
  type CurrentModel,
  type Engine,
  goingOn,
  knownScores,
  otherRequests,
  setBudget,
  snapshotOf,
  warmedUp,
} from './engine.ts'
import { type EpisodeHistory, trackerAt } from './episodes.ts'
import { byYear, entersYear } from './years.ts'

/** The most bars after a changed one: judged again in a few seconds, and held in memory until then. */
export const maxLaterBars = 10_000

/** A change of bars, and what follows from it. */
export interface Change extends Pick<CorrectionWork, 'kind' | 'bars' | 'reason' | 'at'> {
  /** The bars to judge, oldest first: the changed ones as they are now, and all after the first of them. */
  readonly toJudge: readonly Bar[]
  readonly budget: BudgetInForce
  readonly settings: EngineSettings
}

/** Bars that were judged again and are not written yet. */
export interface Rejudged {
  readonly engine: Engine
  readonly work: CorrectionWork
}

// Judged in some milliseconds; then other requests get their turn.
const batchBars = 20

/**
 * Judges a changed bar and all after it. The engine starts anew and is warmed up on the bars before, so that its verdicts
 * follow from the bars alone.
 */
export async function rejudge(
  store: BarStore & EpisodeHistory,
  stream: Stream,
  model: CurrentModel,
  { kind, bars, reason, at, toJudge, budget, settings }: Change,
): Promise<Rejudged> {
  const toMs = openOf(bars[0], stream.intervalMs)
  const before = await store.bars({ ...stream, fromMs: null, toMs, limit: warmUpBars })
  const { tracker, newest } = await trackerAt(store, stream, toMs)
  const engine = await warmedUp({ stream, model, settings, episodes: tracker }, before)
  const [beginning, known] = [beginningOf(engine, before.length), knownScores(engine)]
  setBudget(engine.pipeline, budget)
  const again = { kind, date: isoDate(toMs) }
  const steps: Step[] = []
  const sink: Sink<Step> = {
    write(batch) {
      for (const { bar, verdict, episodes } of batch) steps.push({ bar, verdict: { ...verdict, again }, episodes })
      return otherRequests()
    },
  }
  const yearStarts: YearStart[] = []
  for (const part of byYear(toJudge, stream.intervalMs)) {
    // At the first step it was warmed up just now.
    if (steps.length > 0 && entersYear(engine.newestTs, part[0], stream.intervalMs)) {
      yearStarts.push({ stepsBefore: steps.length, beginning: goingOn(engine) })
    }
    await run(part, engine, sink, batchBars)
    engine.newestTs = part.at(-1)?.ts ?? engine.newestTs
  }
  const snapshot = snapshotOf(engine)
  return {
    engine,
    work: { kind, bars, reason, at, steps, episodeBefore: newest, snapshot, beginning, yearStarts, known },
  }
}
