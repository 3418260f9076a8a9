import { add, dispose, type Tensor, tidy, type Variable, variable, variableGrads } from '@tensorflow/tfjs-core'
import { initializers, type LayersModel, layers } from '@tensorflow/tfjs-layers'
import { type LstmConfig, lstm } from './index.ts'
import { numbers, probed } from './problem.suite.ts'

export type Layer = ReturnType<typeof layers.lstm>
/** Makes an LSTM layer: the fused one or TF.js's own. */
export type MakeLstm = (config: LstmConfig) => Layer

/** Initial weights that are the same for the same seed. TF.js's default, orthogonal, needs an operation beyond its core. */
export function seeded(seed: number) {
  return {
    kernelInitializer: initializers.glorotUniform({ seed }),
    recurrentInitializer: initializers.glorotUniform({ seed: seed + 1 }),
    biasInitializer: initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed: seed + 2 }),
  }
}

/** The same thing made with either layer, from the same seeds. */
export function twins<T>(make: (lstm: MakeLstm) => T): { fused: T; stock: T } {
  return { fused: make(lstm as unknown as MakeLstm), stock: make(layers.lstm) }
}

/** A model's outputs and the gradients of its weights and inputs, in order. */
export function everythingOfModel(model: LayersModel, inputs: readonly Tensor[], training = true): Float32Array[] {
  return tidy(() => {
    const variables = inputs.map(one => variable(one))
    const weights = model.trainableWeights.map(weight => weight.read() as Variable)
    const found: Float32Array[] = []
    const loss = () => {
      const outputs = [model.apply(variables, { training }) as Tensor | Tensor[]].flat()
      found.push(...outputs.map(numbers))
      return outputs.map((output, i) => probed(output, i + 7)).reduce((sum, one) => add(sum, one))
    }
    const all = [...weights, ...variables]
    const { grads } = variableGrads(loss as Parameters<typeof variableGrads>[0], all)
    found.push(...all.map(one => numbers(grads[one.name] as Tensor)))
    dispose(variables)
    return found
  })
}
