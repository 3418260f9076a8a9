import '@tensorflow/tfjs-backend-wasm'
import { losses, setBackend, slice, type Tensor, tensor, tidy, train } from '@tensorflow/tfjs-core'
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers'
import { beforeAll, expect, it } from 'vitest'
import { directLstm, fusedLstm, lstm } from './index.ts'
import {
  applyTo,
  everythingOf,
  type Inputs,
  makeTensors,
  makeValues,
  numbers,
  relativeError,
  type Shape,
  seededFloats,
} from './problem.suite.ts'
import { seeded } from './twins.suite.ts'

beforeAll(async () => {
  await setBackend('wasm')
})

const batchOf = (shape: Shape, seed: number) =>
  tensor(seededFloats(shape.batch * shape.steps * shape.features, seed), [shape.batch, shape.steps, shape.features])

function makeModel({ steps, features, units }: Shape, seed: number): Sequential {
  return sequential({
    layers: [
      lstm({ units, ...seeded(seed), inputShape: [steps, features] }),
      layers.dense({ units: 1, kernelInitializer: seeded(seed + 5).kernelInitializer }),
    ],
  })
}

/** A model that answers, learns and answers without tensors in turn; each turn returns all numbers it made. */
function* turnsOf(shape: Shape, seed: number): Generator<Float32Array[], void> {
  const model = makeModel(shape, seed)
  model.compile({ optimizer: train.adam(0.01), loss: 'meanSquaredError' })
  const x = batchOf(shape, seed)
  const predict = () => tidy(() => numbers(model.predict(x) as Tensor))
  const targets = tensor(seededFloats(shape.batch, seed + 1), [shape.batch, 1])
  const weights = () => model.getWeights().map(numbers)
  for (let i = 0; i < 4; i++) {
    yield [predict()]
    const optimizer = model.optimizer as ReturnType<typeof train.adam>
    optimizer.minimize(() => losses.meanSquaredError(targets, model.apply(x, { training: true }) as Tensor))
    yield weights()
    const [kernel, recurrentKernel, bias] = weights() as [Float32Array, Float32Array, Float32Array]
    const network = directLstm({ kernel, recurrentKernel, bias, recurrentActivation: 'hardSigmoid' })
    yield [network.run(numbers(x).subarray(0, shape.steps * shape.features)).slice()]
    network.dispose()
  }
}

const small = { batch: 3, steps: 4, features: 2, units: 5 }
const large = { batch: 70, steps: 6, features: 13, units: 18 }

it('two models taking turns give, bit for bit, what each gives alone', () => {
  const alone = [[...turnsOf(small, 1)], [...turnsOf(large, 2)]] as const
  const others = turnsOf(large, 2)
  const interleaved: [Float32Array[][], Float32Array[][]] = [[], []]
  for (const turn of turnsOf(small, 1)) {
    interleaved[0].push(turn)
    interleaved[1].push(others.next().value as Float32Array[])
  }
  expect(interleaved).toEqual(alone)
})

it('equal seeds give equal bits', () => {
  const flags = { bias: true, initialState: true, returnSequences: true }
  const run = () => everythingOf(fusedLstm, makeValues(large, flags, 9), flags)
  expect(run()).toEqual(run())
})

it('4,096 sequences at once are, bit for bit, the same sequences in smaller batches', () => {
  const shape = { batch: 4096, steps: 3, features: 2, units: 5 }
  const flags = { bias: true, initialState: true }
  const inputs = makeTensors(makeValues(shape, flags, 4))
  const whole = applyTo(fusedLstm, inputs, flags)
  let first = 0
  // Not 65, say: a sequence that 64s leave over alone is summed in another order.
  for (const rows of [2, 3, 64, 66, 127, 128, 1000, 2706]) {
    const [found, expected] = bothOf(whole, inputs, first, rows)
    expect(found).toEqual(expected)
    first += rows
  }
  expect(first).toBe(4096)
  for (const rows of [1, 65, 129]) {
    const [found, expected] = bothOf(whole, inputs, 100, rows)
    found.forEach((one, i) => {
      expect(relativeError(one, expected[i] as Float32Array)).toBeLessThan(1e-6)
    })
  }
})

/** Outputs and cells of `rows` sequences from `first` on: run by themselves, and with all others. */
function bothOf(whole: ReturnType<typeof applyTo>, inputs: Inputs, first: number, rows: number) {
  const part = (of: Tensor | undefined | null) => slice(of as Tensor, [first], [rows])
  const parts = { ...inputs, x: part(inputs.x), hidden: part(inputs.hidden), cell: part(inputs.cell) }
  const found = applyTo(fusedLstm, parts, { bias: true, initialState: true })
  return [
    [numbers(found.output), numbers(found.cell as Tensor)],
    [numbers(part(whole.output)), numbers(part(whole.cell))],
  ] as const
}
