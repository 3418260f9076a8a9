import type { Dataset } from '@candlewatch/core/forecast/dataset'
import { targets } from '@candlewatch/core/forecast/quantiles'
import { known, nth } from '@candlewatch/core/nth'

/** A dataset whose samples from `validationStart` on validate. */
export interface SplitDataset {
  readonly dataset: Dataset
  readonly validationStart: number
}

// What every series' mean S becomes, so that a wild or a long-barred market does not outweigh a calm one.
const commonScale = 0.01

/**
 * Joins the datasets of several series into one. Samples that train come first, those that validate follow, each in the order
 * of time, so that folds cut across all series at once. A series counts by the root of its number of samples, which is halfway
 * between counting every sample and counting every series alike.
 */
export function joinDatasets(parts: readonly SplitDataset[]): SplitDataset {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  const samples = parts.flatMap(({ dataset, validationStart }, part) =>
    dataset.bars.map((bar, sample) => ({ part, sample, ts: bar.ts, isValidating: sample >= validationStart })),
  )
  const training = samples.filter(one => !one.isValidating)
  const order = [training, samples.filter(one => one.isValidating)].flatMap(ones => ones.sort((a, b) => a.ts - b.ts))
  const offsets = parts.map((_, part) => sum(parts.slice(0, part).map(({ dataset }) => dataset.rows.length)))
  const { lookback, width } = known(only).dataset
  const roots = parts.map(({ dataset }) => 1 / Math.sqrt(dataset.last.length))
  const meanRoot = sum(parts.map(({ dataset }, part) => dataset.last.length * nth(roots, part))) / samples.length
  const means = parts.map(({ dataset }) => sum(dataset.scales) / dataset.scales.length)
  const of = (part: number) => nth(parts, part).dataset
  return {
    validationStart: training.length,
    dataset: {
      lookback,
      width,
      rows: concatenated(parts.map(({ dataset }) => dataset.rows)),
      last: Int32Array.from(order, ({ part, sample }) => nth(offsets, part) / width + nth(of(part).last, sample)),
      targets: concatenated(
        order.map(({ part, sample }) =>
          of(part).targets.subarray(sample * targets.length, (sample + 1) * targets.length),
        ),
      ),
      scales: Float32Array.from(
        order,
        ({ part, sample }) => (commonScale * nth(of(part).scales, sample)) / nth(means, part),
      ),
      shares: Float32Array.from(order, ({ part }) => nth(roots, part) / meanRoot),
      bars: order.map(({ part, sample }) => nth(of(part).bars, sample)),
      next: order.map(({ part, sample }) => nth(of(part).next, sample)),
      fastRanges: order.map(({ part, sample }) => nth(of(part).fastRanges, sample)),
    },
  }
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(sum(parts.map(part => part.length)))
  let end = 0
  for (const part of parts) {
    all.set(part, end)
    end += part.length
  }
  return all
}
