import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { CandlewatchError } from '../errors.ts'
import { nth } from '../nth.ts'
import { makeRng } from '../stats/rng.ts'
import { WeightAverage } from './average.ts'
import type { Dataset } from './dataset.ts'
import { gather, medianLoss, type Teacher, trainingLoss, type Weighting } from './loss.ts'
import { type LstmShape, makeNetwork } from './lstm.ts'

export interface FitOptions {
  readonly shape: LstmShape
  readonly seed: number
  readonly epochs: number
  readonly batchSize: number
  /** The peak of the one-cycle schedule. */
  readonly learningRate: number
  /** The weight of a sample: its S, as its error counts in price, or the root of that, which gives wild hours less influence. */
  readonly weighting: Weighting
  /** Share of the past that the running mean of the weights keeps at each step; 0 takes the weights as they are. */
  readonly averaging: number
  readonly teacher?: Teacher | undefined
  /** Samples from here on validate; no weight is fitted on them. With none left to validate, the last epoch is kept. */
  readonly validationStart: number
  /** Epochs without a better validation loss after which training ends. None by default: one-cycle is best at its end. */
  readonly patience?: number | undefined
}

export interface Epoch {
  readonly epoch: number
  /** The pinball loss that is minimised, over all heads as `loss.ts` weights them, in percent of the price. */
  readonly training: number
  /** Mean absolute error of the medians of high and low alone, in percent of the price: what chooses the epoch. */
  readonly validation: number | null
}

export interface FitProgress {
  onBatch?(epoch: number, done: number, batches: number, loss: number): void
  onEpoch?(epoch: Epoch): void
  /** Asked after every batch; true ends the training, and the best epoch so far is kept. */
  stopped?(): boolean
}

export interface Fitted {
  /** The caller's to dispose of. */
  readonly network: LayersModel
  /** The epochs that were finished. */
  readonly losses: readonly Epoch[]
  /** The epoch that the weights are of. */
  readonly kept: number
  readonly ended: 'complete' | 'patience' | 'stopped'
}

// The largest step that one batch may ask for (Pascanu, Mikolov & Bengio 2013).
const clipNorm = 1
// Share of the training after which the weights' mean begins: what came earlier is far from where they end.
const averagingFrom = 0.3

/**
 * Trains a network by the losses of `loss.ts`. One-cycle learning rate (Smith & Topin 2018), Adam, and a running mean of the
 * weights (Polyak & Juditsky 1992), which is what validates and is kept. Keeps the epoch that validates best. Throws ERR_TRAINING_DIVERGED on a loss that is no
 * number, ERR_TRAINING_INTERRUPTED when stopped before an epoch was over. No tensor but the network's is left behind.
 */
export async function fit(dataset: Dataset, options: FitOptions, progress: FitProgress = {}): Promise<Fitted> {
  const network = makeNetwork(options.shape, options.seed)
  const optimizer = tf.train.adam(options.learningRate)
  const best = makeKeeper(network)
  try {
    const average = options.averaging > 0 ? new WeightAverage(network, options.averaging) : null
    const { losses, ended } = await runEpochs({ network, optimizer, average, dataset, options, progress }, best)
    best.restore()
    return { network, losses, kept: best.epoch, ended }
  } catch (error) {
    network.dispose()
    throw error
  } finally {
    best.dispose()
    optimizer.dispose()
  }
}

interface Run {
  readonly network: LayersModel
  readonly optimizer: tf.Optimizer
  readonly average: WeightAverage | null
  readonly dataset: Dataset
  readonly options: FitOptions
  readonly progress: FitProgress
}

async function runEpochs(run: Run, best: Keeper): Promise<Pick<Fitted, 'losses' | 'ended'>> {
  const { network, average, dataset, options, progress } = run
  const rng = makeRng(options.seed)
  const order = Array.from({ length: options.validationStart }, (_, i) => i)
  const losses: Epoch[] = []
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    shuffle(order, rng.uniform)
    const training = await trainEpoch(run, epoch, order)
    if (training === null) break
    average?.swap()
    const validation = validate(network, dataset, options)
    if (validation !== null && !Number.isFinite(validation)) throw diverged(epoch, null, options.learningRate)
    const trained: Epoch = { epoch, training, validation }
    losses.push(trained)
    progress.onEpoch?.(trained)
    best.offer(epoch, validation)
    average?.swap()
    if (epoch === options.epochs) return { losses, ended: 'complete' }
    if (epoch - best.epoch >= (options.patience ?? Number.POSITIVE_INFINITY)) return { losses, ended: 'patience' }
  }
  if (losses.length === 0) throw interrupted()
  return { losses, ended: 'stopped' }
}

/** The mean training loss; null when it was stopped on the way. */
async function trainEpoch(run: Run, epoch: number, order: readonly number[]): Promise<number | null> {
  const { average, options, progress } = run
  const batches = Math.ceil(order.length / options.batchSize)
  let sum = 0
  for (let batch = 0; batch < batches; batch++) {
    if (progress.stopped?.()) return null
    const step = (epoch - 1) * batches + batch
    const done = step / (options.epochs * batches)
    setLearningRate(run.optimizer, options.learningRate * oneCycle(done))
    const samples = order.slice(batch * options.batchSize, (batch + 1) * options.batchSize)
    const loss = trainBatch(run, samples)
    if (done >= averagingFrom) average?.learn()
    if (!Number.isFinite(loss)) throw diverged(epoch, batch, options.learningRate)
    sum += loss * samples.length
    progress.onBatch?.(epoch, batch + 1, batches, loss)
    await tf.nextFrame()
  }
  return sum / order.length
}

/** Remembers the weights of the epoch that validated best. */
interface Keeper {
  /** 0 before any. */
  readonly epoch: number
  /** Without a validation loss the newest counts as the best. */
  offer(epoch: number, validation: number | null): void
  restore(): void
  dispose(): void
}

function makeKeeper(network: LayersModel): Keeper {
  let best = { epoch: 0, validation: Number.POSITIVE_INFINITY, weights: [] as tf.Tensor[] }
  return {
    get epoch() {
      return best.epoch
    },
    offer(epoch, validation) {
      if (validation !== null && validation >= best.validation) return
      tf.dispose(best.weights)
      best = { epoch, validation: validation ?? best.validation, weights: network.getWeights().map(w => tf.clone(w)) }
    },
    restore: () => network.setWeights(best.weights),
    dispose: () => tf.dispose(best.weights),
  }
}

function trainBatch({ network, optimizer, dataset, options }: Run, samples: readonly number[]): number {
  return tf.tidy(() => {
    const batch = gather(dataset, samples, options.weighting, options.teacher)
    const { value, grads } = tf.variableGrads(() => trainingLoss(network, batch))
    const norm = tf.sqrt(tf.addN(Object.values(grads).map(g => tf.sum(tf.square(g)))))
    const factor = tf.minimum(1, tf.div(clipNorm, tf.add(norm, 1e-12)))
    optimizer.applyGradients(Object.fromEntries(Object.entries(grads).map(([name, g]) => [name, tf.mul(g, factor)])))
    return nth(value.dataSync<'float32'>(), 0)
  })
}

/** Always in units of the price, however samples are weighted in training; null where none is left to validate. */
function validate(
  network: LayersModel,
  dataset: Dataset,
  { validationStart: from, batchSize }: FitOptions,
): number | null {
  let sum = 0
  const count = dataset.last.length - from
  if (count === 0) return null
  for (let start = from; start < dataset.last.length; start += batchSize) {
    const samples = Array.from({ length: Math.min(batchSize, dataset.last.length - start) }, (_, i) => start + i)
    sum += tf.tidy(() => {
      const batch = gather(dataset, samples, 'scale')
      return nth(medianLoss(network, batch).dataSync<'float32'>(), 0) * samples.length
    })
  }
  return sum / count
}

/** Share of the peak rate after `done` of the training: up by cosine for 30 %, then down to nearly nothing. */
function oneCycle(done: number): number {
  const between = (from: number, to: number, x: number) => to + ((from - to) * (1 + Math.cos(Math.PI * x))) / 2
  return done < 0.3 ? between(0.04, 1, done / 0.3) : between(1, 4e-6, (done - 0.3) / 0.7)
}

function setLearningRate(optimizer: tf.Optimizer, rate: number): void {
  // TF.js has schedules for no optimiser; the property is protected in its types only.
  ;(optimizer as unknown as { learningRate: number }).learningRate = rate
}

function shuffle(order: number[], uniform: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1))
    ;[order[i], order[j]] = [nth(order, j), nth(order, i)]
  }
}

/** `batch` is null when the validation loss is the one that is no number. */
function diverged(epoch: number, batch: number | null, rate: number): CandlewatchError {
  const where = batch === null ? `after epoch ${epoch}, in validation` : `in epoch ${epoch}, batch ${batch + 1}`
  return new CandlewatchError(
    'ERR_TRAINING_DIVERGED',
    `The loss became no number ${where}. Lower --learning-rate (it was ${rate}) and train again.`,
  )
}

function interrupted(): CandlewatchError {
  return new CandlewatchError(
    'ERR_TRAINING_INTERRUPTED',
    'Training was stopped before its first epoch was over: there is nothing to keep, and nothing was written.',
  )
}
