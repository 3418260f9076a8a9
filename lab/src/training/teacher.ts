import type { Dataset } from '@candlewatch/core/forecast/dataset'
import { type FitOptions, type FitProgress, fit } from '@candlewatch/core/forecast/fit'
import { medians, type Teacher } from '@candlewatch/core/forecast/loss'
import { targets } from '@candlewatch/core/forecast/quantiles'
import { nth } from '@candlewatch/core/nth'
import { fitTrees } from './boosted-trees.ts'
import { countedOn } from './members.ts'

/** The number of folds of the teacher. */
export const folds = 5

// A fold has two distant stretches of time, so that none is all calm or all wild.
const stretches = 2
// The inputs of a sample and its outcome must not be on both sides of a cut.
const gapSamples = 24
// In addition to the newest row of features, trees see the features of the bar itself from the three rows before.
const earlierRows = 3
const barFeatures = 6
const treesShare = 0.6
const sides = ['up', 'down'] as const

/**
 * Returns the forecasts of boosted trees and of an LSTM for each sample before `validationStart`, made without having
 * learned from it: each fold is held out in turn. `series`: how many the samples are of, which lie side by side in time. Trees are more accurate, and err differently from a network. In
 * walk-forward folds of 2019 and 2020 a network that follows both errs 0.1 % less than one that learns from outcomes alone.
 */
export async function teach(
  dataset: Dataset,
  options: FitOptions,
  { share, series }: { readonly share: number; readonly series: number },
  progress: FitProgress,
): Promise<Teacher> {
  const count = options.validationStart
  const forecasts = new Float32Array(count * sides.length)
  for (let fold = 0; fold < folds; fold++) {
    const { held, learned } = splitFold(count, fold, gapSamples * series)
    const known = only(dataset, learned)
    const { network } = await fit(
      known,
      { ...options, validationStart: learned.length, seed: options.seed + fold },
      countedOn(progress, fold * options.epochs),
    )
    const byNetwork = medians(network, dataset, held)
    network.dispose()
    const byTrees = treesOf(dataset, learned, held)
    held.forEach((sample, i) => {
      for (let side = 0; side < sides.length; side++) {
        const [network, trees] = [byNetwork, byTrees].map(of => nth(of, i * sides.length + side))
        forecasts[sample * sides.length + side] =
          treesShare * (trees as number) + (1 - treesShare) * (network as number)
      }
    })
  }
  return { forecasts, share }
}

/** Splits samples into those that the fold holds out and those far enough away to learn from. */
export function splitFold(count: number, fold: number, gap = gapSamples): { held: number[]; learned: number[] } {
  const blocks = folds * stretches
  const edge = (block: number) => Math.round((count * block) / blocks)
  const spans = Array.from({ length: stretches }, (_, i) => fold + i * folds).map(
    block => [edge(block), edge(block + 1)] as const,
  )
  const within = (sample: number, margin: number) =>
    spans.some(([from, to]) => sample >= from - margin && sample < to + margin)
  const samples = Array.from({ length: count }, (_, i) => i)
  return {
    held: samples.filter(sample => within(sample, 0)),
    learned: samples.filter(sample => !within(sample, gap)),
  }
}

/** Returns the dataset with these samples only; all rows stay for the windows. */
function only(dataset: Dataset, samples: readonly number[]): Dataset {
  const pick = <T>(values: readonly T[]) => samples.map(sample => nth(values, sample))
  return {
    ...dataset,
    last: Int32Array.from(samples, sample => nth(dataset.last, sample)),
    scales: Float32Array.from(samples, sample => nth(dataset.scales, sample)),
    shares: Float32Array.from(samples, sample => nth(dataset.shares, sample)),
    targets: Float32Array.from(
      samples.flatMap(sample => [...dataset.targets.subarray(sample * targets.length, (sample + 1) * targets.length)]),
    ),
    bars: pick(dataset.bars),
    next: pick(dataset.next),
    fastRanges: pick(dataset.fastRanges),
  }
}

/** [held, sides] */
function treesOf(dataset: Dataset, learned: readonly number[], held: readonly number[]): Float32Array {
  const [known, asked] = [learned, held].map(samples => treeRows(dataset, samples)) as [Float32Array, Float32Array]
  const forecasts = new Float32Array(held.length * sides.length)
  sides.forEach((name, side) => {
    const target = targets.indexOf(name)
    const came = Float32Array.from(learned, sample => nth(dataset.targets, sample * targets.length + target))
    fitTrees(known, treeWidth(dataset), came)
      .predictAll(asked, treeWidth(dataset))
      .forEach((forecast, i) => {
        forecasts[i * sides.length + side] = forecast
      })
  })
  return forecasts
}

const treeWidth = ({ width }: Dataset) => width + earlierRows * barFeatures

function treeRows(dataset: Dataset, samples: readonly number[]): Float32Array {
  const { rows, width: wide, last } = dataset
  const whole = treeWidth(dataset)
  const found = new Float32Array(samples.length * whole)
  samples.forEach((sample, i) => {
    const end = nth(last, sample)
    found.set(rows.subarray(end * wide, (end + 1) * wide), i * whole)
    for (let back = 1; back <= earlierRows; back++) {
      const from = (end - back) * wide
      found.set(rows.subarray(from, from + barFeatures), i * whole + wide + (back - 1) * barFeatures)
    }
  })
  return found
}
