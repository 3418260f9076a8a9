import '@tensorflow/tfjs-backend-wasm'
import { add, backend, dispose, memory, setBackend, type Tensor, variable, variableGrads } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { ownHeap } from './heap.ts'
import { directLstm, fusedLstm } from './index.ts'
import { applyTo, makeTensors, makeValues, mapNamed, probed } from './problem.suite.ts'

beforeAll(async () => {
  await setBackend('wasm')
})

/** Counts that must not grow, however often something is computed. */
function held() {
  const { wasm } = backend() as unknown as { wasm: { asm: { memory: WebAssembly.Memory } } }
  const { numTensors, numDataBuffers, numBytes } = memory()
  const [tfBytes, ownBytes] = [wasm.asm.memory.buffer.byteLength, ownHeap().memory.buffer.byteLength]
  return { numTensors, numDataBuffers, numBytes, tfBytes, ownBytes }
}

function expectFlat(times: number, work: () => void): void {
  const warmUp = 20
  for (let i = 0; i < warmUp; i++) work()
  const before = held()
  for (let i = 0; i < times; i++) work()
  expect(held()).toEqual(before)
}

const shape = { batch: 3, steps: 4, features: 5, units: 6 }
const flags = { bias: true, initialState: true, returnSequences: true }
const values = makeValues(shape, flags, 1)

describe('memory is the same before and after', () => {
  it('100,000 sequences without tensors', () => {
    const single = mapNamed(makeValues({ ...shape, batch: 1 }, { bias: true }, 1), one => one.values)
    const network = directLstm(single)
    expectFlat(100_000, () => network.run(single.x))
    network.dispose()
  })

  it('1,000 networks without tensors, made and disposed of', () => {
    const single = mapNamed(makeValues({ ...shape, units: 40 }, { bias: true }, 1), one => one.values)
    expectFlat(1000, () => {
      const network = directLstm(single)
      network.run(single.x)
      network.dispose()
      network.dispose()
    })
  })

  it('20,000 calls of the operation', () => {
    const inputs = makeTensors(values)
    expectFlat(20_000, () => {
      const { output, cell } = applyTo(fusedLstm, inputs, flags)
      dispose([output, cell as Tensor])
    })
  })

  it('3,000 gradients of every input, and of the weights alone', () => {
    const variables = mapNamed(makeTensors(values), one => variable(one))
    const loss = () => {
      const { output, cell } = applyTo(fusedLstm, variables, flags)
      return add(probed(output, 7), probed(cell as Tensor, 8))
    }
    const gradients = (of: object) =>
      dispose(variableGrads(loss as Parameters<typeof variableGrads>[0], Object.values(of)) as never)
    const { x: _, ...weights } = variables
    expectFlat(1500, () => {
      gradients(variables)
      gradients(weights)
    })
  })

  it('1,000 calls that are refused', () => {
    const inputs = makeTensors(values)
    expectFlat(1000, () => {
      expect(() => applyTo(fusedLstm, { ...inputs, kernel: inputs.recurrentKernel }, flags)).toThrow(RangeError)
    })
  })
})
