import type { EpisodeTracker } from '../decide/episodes.ts'
import type { Bar, Pipeline, Sink, Step } from '../types.ts'

/** The judge of one stream's bars. */
export interface Judge {
  readonly pipeline: Pipeline
  readonly episodes: EpisodeTracker
}

/**
 * The only loop: judges the bars one by one and hands each batch to the sink before it goes on. Live, replay and backtest
 * differ in the bars and the sink that they give it. Rejects when the sink does; the judge is then ahead of what was
 * written and must be loaded again.
 *
 * @example
 * await run(series.bars, { pipeline, episodes: new EpisodeTracker() }, { write: async steps => void verdicts.push(...steps) })
 */
export async function run(
  bars: Iterable<Bar> | AsyncIterable<Bar>,
  { pipeline, episodes }: Judge,
  sink: Sink<Step>,
  batchBars = 100,
): Promise<void> {
  let batch: Step[] = []
  for await (const bar of bars) {
    const verdict = pipeline.step(bar)
    batch.push({ bar, verdict, episodes: episodes.next(verdict) })
    if (batch.length >= batchBars) {
      await sink.write(batch)
      batch = []
    }
  }
  if (batch.length > 0) await sink.write(batch)
}
