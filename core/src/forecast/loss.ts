import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { nth } from '../nth.ts'
import type { Dataset } from './dataset.ts'
import { headCount } from './lstm.ts'
import { at, levels, targets } from './quantiles.ts'

export type Weighting = 'scale' | 'root scale'

/** A teacher's medians of up and down, which training follows in addition to the outcomes: knowledge distillation (Hinton, Vinyals & Dean 2015). */
export interface Teacher {
  /** [samples, 2]: up and down, over S, by forecasters that did not learn from that sample. */
  readonly forecasts: Float32Array
  /** The teacher's share of the medians' loss; the rest follows the outcomes. */
  readonly share: number
}

export interface Batch {
  /** [samples, lookback, features] */
  readonly windows: tf.Tensor3D
  /** [samples, targets × levels]: each target once a level. */
  readonly outcomes: tf.Tensor2D
  /** [samples, 1]: S, by which an error counts what it costs in price, or its root; times the sample's share. */
  readonly weights: tf.Tensor2D
  /** Forecasts [samples, targets × levels], of which those of the medians are meant. */
  readonly taught: { readonly forecasts: tf.Tensor2D; readonly share: number } | null
}

// So that the loss is of order 1 whatever the market, as gradient clipping expects: a usual S, which only sets the unit.
const usualScale = 0.01

export function gather(
  { rows, width, last, targets: outcomes, scales, shares, lookback }: Dataset,
  samples: readonly number[],
  weighting: Weighting,
  teacher: Teacher | null = null,
): Batch {
  const weigh = weighting === 'scale' ? (scale: number) => scale : Math.sqrt
  const windows = new Float32Array(samples.length * lookback * width)
  const repeated = new Float32Array(samples.length * headCount)
  samples.forEach((sample, i) => {
    const end = (nth(last, sample) + 1) * width
    windows.set(rows.subarray(end - lookback * width, end), i * lookback * width)
    for (let head = 0; head < headCount; head++) {
      const target = Math.floor(head / levels.length)
      repeated[i * headCount + head] = nth(outcomes, sample * targets.length + target)
    }
  })
  return {
    windows: tf.tensor3d(windows, [samples.length, lookback, width]),
    outcomes: tf.tensor2d(repeated, [samples.length, headCount]),
    weights: tf.tensor2d(
      Float32Array.from(samples, s => nth(shares, s) * weigh(nth(scales, s) / usualScale)),
      [samples.length, 1],
    ),
    taught: teacher && { forecasts: taughtOf(teacher, samples), share: teacher.share },
  }
}

/** Each side's forecast once a level. */
function taughtOf({ forecasts }: Teacher, samples: readonly number[]): tf.Tensor2D {
  const values = new Float32Array(samples.length * headCount)
  samples.forEach((sample, i) => {
    for (let head = 0; head < judged.length * levels.length; head++) {
      const side = Math.floor(head / levels.length)
      values[i * headCount + head] = nth(forecasts, sample * judged.length + side)
    }
  })
  return tf.tensor2d(values, [samples.length, headCount])
}

/**
 * The medians of high and low shape the LSTM; all other heads read its state and leave it alone. Trained together, seven
 * quantiles of five targets cost the medians half a percent of their error; so parted, they cost nothing.
 */
export function trainingLoss(network: LayersModel, batch: Batch): tf.Scalar {
  const state = stateOf(network, batch.windows)
  const heads = headsOf(network, state)
  const medians = pinball(heads, batch, medianHeads)
  const shaping = batch.taught
    ? mixed(medians, following(heads, batch.taught.forecasts, batch), batch.taught.share)
    : medians
  return tf.add(shaping, pinball(headsOf(network, held(state)), batch, otherHeads))
}

/** Mean absolute error of the medians of high and low, in percent of the price: what the best epoch is chosen by. */
export function medianLoss(network: LayersModel, batch: Batch): tf.Scalar {
  return pinball(headsOf(network, stateOf(network, batch.windows)), batch, medianHeads)
}

/** The first two of `targets`. */
const judged = ['up', 'down'] as const

/** [1, heads]. A pinball loss at .5 is half the absolute error, of which high and low make the mean. */
const medianHeads = headRow((target, level) => (isJudged(target) && level === at.median ? 1 : 0))
const otherHeads = headRow((target, level) => (isJudged(target) && level === at.median ? 0 : 1 / headCount))

function isJudged(target: number): boolean {
  return judged.includes(targets[target] as (typeof judged)[number])
}

function headRow(weightOf: (target: number, level: number) => number): number[] {
  return targets.flatMap((_, target) => levels.map((_, level) => weightOf(target, level)))
}

/** Koenker & Bassett 1978, summed over heads and averaged over samples, each by its weight. */
function pinball(predicted: tf.Tensor2D, { outcomes, weights }: Batch, headWeights: readonly number[]): tf.Scalar {
  const levelRow = tf.tensor2d(
    targets.flatMap(() => [...levels]),
    [1, headCount],
  )
  const error = tf.sub(outcomes, predicted)
  const loss = tf.maximum(tf.mul(levelRow, error), tf.mul(tf.sub(levelRow, 1), error))
  const weighted = tf.mul(loss, tf.tensor2d([...headWeights], [1, headCount]))
  return tf.mean(tf.mul(tf.sum(weighted, 1, true), weights))
}

// Nearer than this a teacher is noise of its own: over S, a tenth of a usual bar.
const closeEnough = 0.1

/** How far the medians are from what is taught: half the distance, but flat and smooth near it (Huber 1964). */
function following(predicted: tf.Tensor2D, forecasts: tf.Tensor2D, { weights }: Batch): tf.Scalar {
  const distance = tf.abs(tf.sub(forecasts, predicted))
  const near = tf.minimum(distance, closeEnough)
  const loss = tf.add(tf.div(tf.square(near), 2 * closeEnough), tf.sub(distance, near))
  const weighted = tf.mul(tf.div(loss, 2), tf.tensor2d([...medianHeads], [1, headCount]))
  return tf.mean(tf.mul(tf.sum(weighted, 1, true), weights))
}

function mixed(came: tf.Scalar, taught: tf.Scalar, share: number): tf.Scalar {
  return tf.add(tf.mul(came, 1 - share), tf.mul(taught, share))
}

const stateOf = (network: LayersModel, windows: tf.Tensor3D) =>
  network.getLayer('lstm').apply(windows, { training: true }) as tf.Tensor2D

const headsOf = (network: LayersModel, state: tf.Tensor2D) => network.getLayer('quantiles').apply(state) as tf.Tensor2D

/** The same values, through which no gradient passes. */
function held(state: tf.Tensor2D): tf.Tensor2D {
  return tf.customGrad(x => {
    const value = tf.clone(x as tf.Tensor2D)
    return { value, gradFunc: () => tf.zerosLike(value) }
  })(state) as tf.Tensor2D
}

/** Medians of up and down [samples, 2], over S: what a network forecasts of them. */
export function medians(network: LayersModel, dataset: Dataset, samples: readonly number[]): Float32Array {
  const found = new Float32Array(samples.length * judged.length)
  for (let start = 0; start < samples.length; start += 1024) {
    const heads = tf.tidy(() => {
      const { windows } = gather(dataset, samples.slice(start, start + 1024), 'scale')
      return headsOf(network, stateOf(network, windows)).dataSync<'float32'>()
    })
    for (let i = 0; i * headCount < heads.length; i++) {
      judged.forEach((_, side) => {
        found[(start + i) * judged.length + side] = nth(heads, i * headCount + side * levels.length + at.median)
      })
    }
  }
  return found
}
