import type { Bar, Pipeline, Sink, Step } from '../types.ts'

/**
 * The only loop: steps the pipeline through the bars and hands each batch to the sink before it goes on. Live, replay
 * and backtest differ in the bars and the sink they give it. Rejects when the sink does; the pipeline is then ahead of
 * what was written and must be loaded again.
 *
 * @example
 * await run(series.bars, pipeline, { write: async steps => void verdicts.push(...steps) })
 */
export async function run(
  bars: Iterable<Bar> | AsyncIterable<Bar>,
  pipeline: Pipeline,
  sink: Sink<Step>,
  batchBars = 100,
): Promise<void> {
  let batch: Step[] = []
  for await (const bar of bars) {
    batch.push({ bar, verdict: pipeline.step(bar) })
    if (batch.length >= batchBars) {
      await sink.write(batch)
      batch = []
    }
  }
  if (batch.length > 0) await sink.write(batch)
}
