import '@tensorflow/tfjs-backend-wasm'
import { cast, ones, setBackend, type Tensor, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeHeap } from './heap.ts'
import { directLstm, fusedLstm } from './index.ts'
import { applyTo, type Inputs, makeTensors, makeValues, type Name } from './problem.suite.ts'

beforeAll(async () => {
  await setBackend('wasm')
})

describe('the operation reports the expected and the actual value', () => {
  const flags = { bias: true, initialState: true }
  const values = makeValues({ batch: 2, steps: 3, features: 4, units: 5 }, flags, 1)
  const wrong: readonly (readonly [Name, number[], string])[] = [
    ['x', [2, 3], 'Expected x as [batch, steps, features], none of them 0; got [2,3].'],
    ['x', [0, 3, 4], 'Expected x as [batch, steps, features], none of them 0; got [0,3,4].'],
    ['x', [2, 0, 4], 'Expected x as [batch, steps, features], none of them 0; got [2,0,4].'],
    ['x', [2, 3, 0], 'Expected x as [batch, steps, features], none of them 0; got [2,3,0].'],
    ['x', [2, 3, 4, 1], 'Expected x as [batch, steps, features], none of them 0; got [2,3,4,1].'],
    ['x', [2, 3, 6], 'Expected kernel as [6,20], got [4,20].'],
    ['kernel', [4, 16], 'Expected kernel as [4,20], got [4,16].'],
    ['kernel', [80], 'Expected kernel as [4,20], got [80].'],
    ['recurrentKernel', [5, 5], 'Expected recurrentKernel as [5,20], got [5,5].'],
    ['bias', [5], 'Expected bias as [20], got [5].'],
    ['bias', [1, 20], 'Expected bias as [20], got [1,20].'],
    ['hidden', [5], 'Expected initialState[0] as [2,5], got [5].'],
    ['cell', [3, 5], 'Expected initialState[1] as [2,5], got [3,5].'],
  ]

  it.each(wrong)('%s as [%s]', (name, shape, message) => {
    expect(() => run(inputs => ({ ...inputs, [name]: ones(shape) }))).toThrow(new RangeError(message))
  })

  it.each([
    ['x', 'x'],
    ['kernel', 'kernel'],
    ['recurrentKernel', 'recurrentKernel'],
    ['bias', 'bias'],
    ['hidden', 'initialState[0]'],
    ['cell', 'initialState[1]'],
  ] as const)('%s as int32', (name, told) => {
    const refused = () => run(inputs => ({ ...inputs, [name]: cast(inputs[name] as Tensor, 'int32') }))
    expect(refused).toThrow(new TypeError(`Expected ${told} as float32, got int32.`))
  })

  function run(change: (inputs: Inputs) => Inputs): void {
    tidy(() => {
      applyTo(fusedLstm, change(makeTensors(values)), flags)
    })
  }
})

describe('a network without tensors reports the expected and the actual value', () => {
  const floats = (count: number) => new Float32Array(count)
  const fits = { kernel: floats(2 * 12), recurrentKernel: floats(3 * 12), bias: floats(12) }

  it.each([
    [{ recurrentKernel: floats(35) }, 24, 35],
    [{ recurrentKernel: floats(0) }, 24, 0],
    [{ recurrentKernel: floats(4 * 4 * 4) }, 24, 64],
    [{ kernel: floats(25) }, 25, 36],
    [{ kernel: floats(0) }, 0, 36],
  ])('weights that do not fit one another (%#)', (change, kernel, recurrentKernel) => {
    expect(() => directLstm({ ...fits, ...change })).toThrow(
      new RangeError(
        'Expected a kernel [features, 4 units] and a recurrent kernel [units, 4 units], ' +
          `got ${kernel} and ${recurrentKernel} numbers.`,
      ),
    )
  })

  it('a bias of another length', () => {
    const expected = new RangeError('Expected a bias of 12 numbers for 3 units, got 3.')
    expect(() => directLstm({ ...fits, bias: floats(3) })).toThrow(expected)
  })

  it('half a step, or none', () => {
    const network = directLstm(fits)
    expect(() => network.run(floats(5))).toThrow(new RangeError('Expected steps of 2 features, got 5 numbers.'))
    expect(() => network.run(floats(0))).toThrow(new RangeError('Expected steps of 2 features, got 0 numbers.'))
    expect(network.run(floats(4))).toEqual(floats(3))
    network.dispose()
  })

  it('a run after its disposal', () => {
    const network = directLstm(fits)
    network.dispose()
    expect(() => network.run(floats(4))).toThrow('Expected a network in use, found one that was disposed of.')
  })
})

describe('the heap', () => {
  it('refuses a pointer that it never gave, and one freed twice', () => {
    const heap = makeHeap()
    const pointer = heap.malloc(100)
    expect(() => heap.free(pointer + 16)).toThrow(RangeError)
    heap.free(pointer)
    expect(() => heap.free(pointer)).toThrow(new RangeError(`Expected the start of a block, got ${pointer}.`))
  })

  it('refuses more than WebAssembly can address, and goes on', () => {
    const heap = makeHeap()
    expect(() => heap.malloc(2 ** 33)).toThrow(RangeError)
    expect(heap.malloc(64) % 16).toBe(0)
  })

  it('gives blocks that do not overlap, and again those that were freed', () => {
    const heap = makeHeap()
    const sizes = [1, 64, 65, 1000, 70_000, 3]
    const blocks = sizes.map(size => ({ size, pointer: heap.malloc(size) })).sort((a, b) => a.pointer - b.pointer)
    blocks.forEach(({ pointer, size }, i) => {
      expect(pointer % 16).toBe(0)
      expect(pointer + size).toBeLessThanOrEqual(blocks[i + 1]?.pointer ?? heap.memory.buffer.byteLength)
    })
    const bytes = heap.memory.buffer.byteLength
    for (const { pointer } of blocks) heap.free(pointer)
    for (const size of sizes) heap.malloc(size)
    expect(heap.memory.buffer.byteLength).toBe(bytes)
  })
})
