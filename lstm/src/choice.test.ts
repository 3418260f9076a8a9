import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu'
import {
  env,
  getKernelsForBackend,
  memory,
  registerBackend,
  registerKernel,
  setBackend,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core'
import { type LayersModel, sequential } from '@tensorflow/tfjs-layers'
import { afterAll, afterEach, expect, it, vi } from 'vitest'
import { backwardName, forwardName } from './kernels.ts'
import { numbers, relativeError, seededFloats } from './problem.suite.ts'
import { everythingOfModel, seeded, twins } from './twins.suite.ts'

// So TF.js doesn't advertise its native binding.
env().set('IS_TEST', true)

/*
 * Backends that compute as TF.js's own does, on a clock of their own that nothing else moves: each of its operations and each
 * reading of a tensor takes a given time. The stock layer runs many operations and reads its answer once; the fused
 * one runs none of them, but reads its inputs too.
 */
const clock = { nowMs: 0, asked: 0 }
vi.spyOn(performance, 'now').mockImplementation(() => {
  clock.asked++
  return clock.nowMs
})
afterAll(() => {
  vi.restoreAllMocks()
})
afterEach(async () => {
  await setBackend('cpu')
})

interface Costs {
  readonly operationMs: number
  readonly readMs: number
  /** True if a tensor can be read while waiting for it. */
  readonly readable?: boolean
}

async function setTimedBackend(name: string, { operationMs, readMs, readable = true }: Costs) {
  const counts = { operations: 0, reads: 0 }
  // Some operations of the CPU's backend look into their tensors by reading them; others would not.
  let operating = false
  class Timed extends MathBackendCPU {
    override readSync(dataId: Parameters<MathBackendCPU['readSync']>[0]) {
      if (operating) return super.readSync(dataId)
      if (!readable) throw new Error('This backend is read asynchronously.')
      counts.reads++
      clock.nowMs += readMs
      return super.readSync(dataId)
    }
    override async read(dataId: Parameters<MathBackendCPU['read']>[0]) {
      return super.readSync(dataId)
    }
  }
  registerBackend(name, () => new Timed())
  for (const kernel of getKernelsForBackend('cpu')) {
    if ([forwardName, backwardName].includes(kernel.kernelName)) continue
    registerKernel({
      ...kernel,
      backendName: name,
      kernelFunc(call) {
        counts.operations++
        clock.nowMs += operationMs
        operating = true
        try {
          return kernel.kernelFunc(call)
        } finally {
          operating = false
        }
      },
    })
  }
  await setBackend(name)
  return counts
}

const [batch, steps, features] = [3, 4, 2] as const
const makeX = () => tensor(seededFloats(batch * steps * features, 1), [batch, steps, features])
const answer = (layer: { apply(x: Tensor): unknown }) => tidy(() => numbers(layer.apply(makeX()) as Tensor))

const fusedReads = { inputs: 4, answer: 1 }

it('where operations take long, the fused kernel is used: it is measured once, and its results are right', async () => {
  const expected = answer(twins(lstm => lstm({ units: 4, ...seeded(1) })).stock)
  const counts = await setTimedBackend('slow-operations', { operationMs: 1, readMs: 0 })
  const { fused } = twins(lstm => lstm({ units: 4, ...seeded(1) }))
  expect(relativeError(answer(fused), expected)).toBeLessThan(1e-4)

  const before = { ...counts, asked: clock.asked }
  for (let i = 0; i < 3; i++) expect(relativeError(answer(fused), expected)).toBeLessThan(1e-4)
  const another = twins(lstm => lstm({ units: 4, ...seeded(1) })).fused
  another.apply(makeX())
  answer(another)
  expect(clock.asked).toBe(before.asked)
  expect(counts.reads - before.reads).toBe(5 * fusedReads.inputs + 4 * fusedReads.answer)
})

it('where reading takes long, the stock layer is used: it is measured once, and its results are right', async () => {
  const expected = answer(twins(lstm => lstm({ units: 4, ...seeded(1) })).stock)
  const counts = await setTimedBackend('slow-reading', { operationMs: 0.01, readMs: 40 })
  const { fused, stock } = twins(lstm => lstm({ units: 4, ...seeded(1) }))
  expect(answer(fused)).toEqual(expected)

  const { asked } = clock
  for (let i = 0; i < 3; i++) expect(answer(fused)).toEqual(expected)
  expect(clock.asked).toBe(asked)
  const costOf = (layer: typeof fused) => {
    const already = { ...counts }
    answer(layer)
    return [counts.operations - already.operations, counts.reads - already.reads]
  }
  answer(stock)
  expect(costOf(fused)).toEqual(costOf(stock))
})

it.each([
  ['slow-operations-in-training', { operationMs: 1, readMs: 0 }],
  ['slow-reading-in-training', { operationMs: 0.01, readMs: 40 }],
])('%s: gradients are right when the first call is one of them, and no tensor is left behind', async (name, costs) => {
  await setTimedBackend(name, costs)
  const { fused, stock } = twins(
    (lstm): LayersModel =>
      sequential({ layers: [lstm({ units: 4, returnSequences: true, inputShape: [steps, features], ...seeded(1) })] }),
  )
  const x = makeX()
  const before = memory().numTensors
  const found = everythingOfModel(fused, [x])
  expect(memory().numTensors).toBe(before)
  everythingOfModel(stock, [x]).forEach((one, i) => {
    expect(relativeError(found[i] as Float32Array, one)).toBeLessThan(1e-4)
  })
})

it.each([
  ['slow-operations-with-state', { operationMs: 1, readMs: 0 }],
  ['slow-reading-with-state', { operationMs: 0.01, readMs: 40 }],
])('%s: the trial runs leave a stateful layer’s state alone', async (name, costs) => {
  const config = { units: 4, stateful: true, batchInputShape: [batch, steps, features], ...seeded(1) }
  const { stock } = twins(lstm => lstm(config))
  const expected = [answer(stock), answer(stock)]
  await setTimedBackend(name, costs)
  const { fused } = twins(lstm => lstm(config))
  for (const one of expected) expect(relativeError(answer(fused), one)).toBeLessThan(1e-4)
})

it('a backend that is only read asynchronously keeps the stock layer', async () => {
  const { stock } = twins(lstm => lstm({ units: 4, ...seeded(1) }))
  const expected = answer(stock)
  await setTimedBackend('asynchronous', { operationMs: 1, readMs: 0, readable: false })
  const { fused } = twins(lstm => lstm({ units: 4, ...seeded(1) }))
  const output = tidy(() => fused.apply(makeX()) as Tensor)
  const found = await output.data<'float32'>()
  expect(relativeError(found, expected)).toBeLessThan(1e-4)
})
