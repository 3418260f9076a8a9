import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { Correction, CorrectionStore } from '@candlewatch/adapters/stores/corrections'
import { differingField } from '@candlewatch/core/bar'
import { engineVersion, warmUpBars } from '@candlewatch/core/engine/pipeline'
import { run } from '@candlewatch/core/engine/run'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import type { Bar, Ms, Pipeline, Step, Verdict } from '@candlewatch/core/types'
import { type Engine, knownBy, snapshotOf, warmedUp } from './engine.ts'

/** The ports that a correction needs. */
export type CorrectingStore = BarStore & CorrectionStore

/** A bar that was judged again, and those after it. */
export interface Corrected {
  /** null where the bar already stood with these very numbers: nothing was changed. */
  readonly correction: Correction | null
  /** Of the corrected bar and all after it, oldest first. */
  readonly verdicts: readonly Verdict[]
}

export interface Rejudged {
  readonly corrected: Corrected
  /** null where there is nothing to write. */
  readonly work: {
    readonly engine: Engine
    /** Writes it all in one transaction. */
    write(): ReturnType<CorrectionStore['correct']>
  } | null
}

// A year of hours, in a few seconds, held in memory until all are judged.
const mostBars = 10_000

/**
 * Judges a corrected bar and all after it, with an engine that was warmed up on the bars before it as a new one is: what it
 * says follows from the bars alone. Throws ERR_CORRECTION_UNKNOWN for a bar without verdict, ERR_CORRECTION_OLD for one
 * with more than 10,000 bars after it.
 */
export async function rejudge(
  store: CorrectingStore,
  stream: Stream,
  { bar, reason }: { readonly bar: Bar; readonly reason: string },
  model: string,
  makePipeline: () => Pipeline,
): Promise<Rejudged> {
  const openMs = (bar.ts - stream.intervalMs) as Ms
  const date = isoDate(openMs)
  const entry = (await store.known(stream, [bar.ts])).get(bar.ts)
  if (!entry?.verdict) {
    const found = entry ? 'one that only warmed the engine up' : 'none'
    const message = `Expected a bar that was judged at ${date}, found ${found}. Only what was judged can be corrected.`
    throw new CandlewatchError('ERR_CORRECTION_UNKNOWN', message, { field: 'date' })
  }
  const later = await store.bars({
    ...stream,
    fromMs: (openMs + stream.intervalMs) as Ms,
    toMs: null,
    limit: mostBars + 1,
  })
  if (later.length > mostBars) {
    const message = `Expected a bar with at most ${mostBars} after it, found ${date} with more. All of them would be judged again.`
    throw new CandlewatchError('ERR_CORRECTION_OLD', message, { field: 'date' })
  }
  if (differingField(entry.bar, bar) === undefined)
    return { corrected: { correction: null, verdicts: [entry.verdict] }, work: null }
  const before = await store.bars({ ...stream, fromMs: null, toMs: openMs, limit: warmUpBars })
  const engine = await warmedUp(before, makePipeline())
  const beginning = { ...stream, model, ts: engine.newestTs, engine: engineVersion }
  const known = knownBy(engine, stream, model)
  const steps: Step[] = []
  await run([bar, ...later], engine.pipeline, { name: 'steps', write: async batch => void steps.push(...batch) })
  engine.newestTs = steps.at(-1)!.bar.ts
  const snapshot = snapshotOf(engine, stream, model)
  const write = () => store.correct(stream, { bar, reason, at: bar.seen, steps, snapshot, beginning, known })
  return {
    corrected: { correction: null, verdicts: steps.map(({ verdict }) => verdict) },
    work: { engine, write },
  }
}
