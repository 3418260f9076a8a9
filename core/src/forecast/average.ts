import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { nth } from '../nth.ts'

/**
 * A running mean of a network's weights over the steps of its training: flatter, and less the last batches' than any one
 * of them (Polyak & Juditsky 1992; Izmailov et al. 2018). In plain arrays: no tensor is held.
 */
export class WeightAverage {
  readonly #network: LayersModel
  readonly #keep: number
  /** The mean or, while it is swapped in, what training goes on with; null before the first step. */
  #aside: Float32Array[] | null = null

  /** `keep` is the share of the past that stays at each step. */
  constructor(network: LayersModel, keep: number) {
    this.#network = network
    this.#keep = keep
  }

  /** After each step that counts. */
  learn(): void {
    const now = this.#read()
    if (this.#aside === null) {
      this.#aside = now
      return
    }
    this.#aside.forEach((mean, weight) => {
      const values = nth(now, weight)
      for (let i = 0; i < mean.length; i++) {
        mean[i] = this.#keep * (mean[i] as number) + (1 - this.#keep) * (values[i] as number)
      }
    })
  }

  /** Puts the mean into the network; called again, the weights that training goes on with. Nothing before the first step. */
  swap(): void {
    if (this.#aside === null) return
    const mean = this.#aside
    this.#aside = this.#read()
    tf.tidy(() => {
      const shapes = this.#network.getWeights().map(({ shape }) => shape)
      this.#network.setWeights(mean.map((values, i) => tf.tensor(values, shapes[i])))
    })
  }

  #read(): Float32Array[] {
    return this.#network.getWeights().map(weight => weight.dataSync<'float32'>().slice())
  }
}
