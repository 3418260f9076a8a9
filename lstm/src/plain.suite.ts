import {
  add,
  clipByValue,
  matMul,
  mul,
  reshape,
  sigmoid,
  slice,
  split,
  stack,
  type Tensor,
  type Tensor2D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core'
import type { LstmFunction } from './problem.suite.ts'

/** An LSTM from TF.js's plain operations, step by step; TF.js differentiates it. */
export const plainLstm: LstmFunction = (x, kernel, recurrentKernel, options = {}) => {
  const [batch, steps, features] = x.shape
  const units = recurrentKernel.shape[0]
  const squash = options.recurrentActivation === 'hardSigmoid' ? hardSigmoid : (sum: Tensor) => sigmoid(sum)
  let [hidden, cell]: readonly Tensor[] = options.initialState ?? [zeros([batch, units]), zeros([batch, units])]
  const outputs: Tensor[] = []
  for (let t = 0; t < steps; t++) {
    // Sliced, since TF.js can't differentiate `unstack` into one.
    const now = reshape(slice(x, [0, t, 0], [batch, 1, features]), [batch, features])
    let sums: Tensor = add(matMul(now, kernel), matMul(hidden as Tensor2D, recurrentKernel))
    if (options.bias) sums = add(sums, options.bias)
    const [input, forget, candidate, output] = split(sums, 4, 1) as [Tensor, Tensor, Tensor, Tensor]
    cell = add(mul(squash(forget), cell as Tensor), mul(squash(input), tanh(candidate)))
    hidden = mul(squash(output), tanh(cell))
    outputs.push(hidden)
  }
  const output = options.returnSequences ? stack(outputs, 1) : (hidden as Tensor)
  return { output, cell: cell as Tensor }
}

function hardSigmoid(sum: Tensor): Tensor {
  return clipByValue(add(mul(sum, 0.2), 0.5), 0, 1)
}
