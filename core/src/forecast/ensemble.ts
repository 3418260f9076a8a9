import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { nth } from '../nth.ts'
import { headCount, type LstmShape, makeNetwork } from './lstm.ts'

const gates = 4

/**
 * Several networks of one shape as a single one that answers their mean: their LSTMs side by side in one layer whose
 * recurrent kernel is block-diagonal, and a head that takes 1/members of each. It asks for as many operations as one
 * of them, loads as any other model, and its zeros are what it costs. After averaging forecasts of many seeds (Lakshminarayanan et al. 2017).
 */
export function merge(members: readonly LayersModel[], shape: LstmShape): { network: LayersModel; shape: LstmShape } {
  const units = shape.units * members.length
  const merged: LstmShape = { ...shape, units }
  const network = makeNetwork(merged, 0)
  const weights = members.map(member => member.getWeights().map(weight => weight.dataSync<'float32'>()))
  const of = (member: number, weight: number) => nth(nth(weights, member), weight)

  const gated = (rows: number, weightAt: (row: number, gate: number, member: number, unit: number) => number) =>
    Float32Array.from({ length: rows * gates * units }, (_, i) => {
      const column = i % (gates * units)
      const unit = column % units
      return weightAt(
        Math.floor(i / (gates * units)),
        Math.floor(column / units),
        Math.floor(unit / shape.units),
        unit % shape.units,
      )
    })
  const columnOf = (gate: number, unit: number) => gate * shape.units + unit
  const wide = gates * shape.units

  const kernel = gated(shape.features, (row, gate, m, unit) => nth(of(m, 0), row * wide + columnOf(gate, unit)))
  const recurrent = gated(units, (row, gate, m, unit) =>
    Math.floor(row / shape.units) === m ? nth(of(m, 1), (row % shape.units) * wide + columnOf(gate, unit)) : 0,
  )
  const bias = gated(1, (_, gate, m, unit) => nth(of(m, 2), columnOf(gate, unit)))
  const head = Float32Array.from({ length: units * headCount }, (_, i) => {
    const unit = Math.floor(i / headCount)
    const member = Math.floor(unit / shape.units)
    return nth(of(member, 3), (unit % shape.units) * headCount + (i % headCount)) / members.length
  })
  const headBias = Float32Array.from(
    { length: headCount },
    (_, i) => members.reduce((sum, _, m) => sum + nth(of(m, 4), i), 0) / members.length,
  )

  tf.tidy(() => {
    network.setWeights([
      tf.tensor2d(kernel, [shape.features, gates * units]),
      tf.tensor2d(recurrent, [units, gates * units]),
      tf.tensor1d(bias),
      tf.tensor2d(head, [units, headCount]),
      tf.tensor1d(headBias),
    ])
  })
  return { network, shape: merged }
}
