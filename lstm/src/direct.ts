import { floats, ownHeap } from './heap.ts'
import { type Pointer, paddedUnits, sizes } from './kernel.ts'

/** An LSTM's weights in Keras's layout: [features, 4 · units], [units, 4 · units] and [4 · units]. */
export interface LstmWeights {
  readonly kernel: Float32Array
  readonly recurrentKernel: Float32Array
  readonly bias?: Float32Array | undefined
  readonly recurrentActivation?: 'sigmoid' | 'hardSigmoid' | undefined
}

export interface DirectLstm {
  readonly features: number
  readonly units: number
  /**
   * `x` [steps, features], oldest first, from a state of zeros. Returns the last hidden state [units], a view that the next
   * call writes over. Throws a RangeError for a length that is no multiple of `features`.
   */
  run(x: Float32Array): Float32Array
  /** Gives its memory back, which else waits for the garbage collector; it must not run again. */
  dispose(): void
}

const forgotten = new FinalizationRegistry<readonly Pointer[]>(free)

function free(blocks: readonly Pointer[]): void {
  for (const block of blocks) ownHeap().free(block)
}

/**
 * The forward pass by itself: no tensor, no backend, no TF.js at work. Weights are copied once, and a call costs nothing
 * but its arithmetic. Throws a RangeError for weights that don't fit one another.
 */
export function directLstm(weights: LstmWeights): DirectLstm {
  const { features, units } = shapeOf(weights)
  const heap = ownHeap()
  const owned: Pointer[] = []
  const reserve = (count: number) => {
    const pointer = heap.malloc(count * Float32Array.BYTES_PER_ELEMENT)
    owned.push(pointer)
    return pointer
  }
  const packed = reserve(sizes.packed(features, units))
  const state = reserve(3 * sizes.state(1, units))
  const cell = state + 2 * sizes.state(1, units) * Float32Array.BYTES_PER_ELEMENT
  const out = reserve(units)
  const scratch = reserve(heap.kernel.forwardScratch(units))
  pack(weights, features, units, packed)
  const hard = Number(weights.recurrentActivation === 'hardSigmoid')
  const result = new Float32Array(units)
  let disposed = false

  const network: DirectLstm = {
    features,
    units,
    run(x) {
      if (disposed) throw new Error('Expected a network in use, found one that was disposed of.')
      const steps = x.length / features
      if (steps === 0 || !Number.isInteger(steps)) {
        throw new RangeError(`Expected steps of ${features} features, got ${x.length} numbers.`)
      }
      const input = heap.malloc(x.byteLength)
      floats(heap, input, x.length).set(x)
      heap.kernel.clear(state, 3 * paddedUnits(units))
      heap.kernel.forward(input, packed, 1, steps, features, units, hard, 0, 0, state, cell, out, 0, scratch)
      heap.free(input)
      result.set(floats(heap, out, units))
      return result
    },
    dispose() {
      if (disposed) return
      disposed = true
      forgotten.unregister(network)
      free(owned)
    },
  }
  forgotten.register(network, owned, network)
  return network
}

function shapeOf({ kernel, recurrentKernel, bias }: LstmWeights): { features: number; units: number } {
  const units = Math.sqrt(recurrentKernel.length / 4)
  const features = kernel.length / (4 * units)
  if (!Number.isInteger(units) || units < 1 || !Number.isInteger(features) || features < 1) {
    throw new RangeError(
      `Expected a kernel [features, 4 units] and a recurrent kernel [units, 4 units], ` +
        `got ${kernel.length} and ${recurrentKernel.length} numbers.`,
    )
  }
  if (bias && bias.length !== 4 * units) {
    throw new RangeError(`Expected a bias of ${4 * units} numbers for ${units} units, got ${bias.length}.`)
  }
  return { features, units }
}

function pack({ kernel, recurrentKernel, bias }: LstmWeights, features: number, units: number, packed: Pointer): void {
  const heap = ownHeap()
  const copies = [kernel, recurrentKernel, bias ?? new Float32Array(4 * units)].map(values => {
    const pointer = heap.malloc(values.byteLength)
    floats(heap, pointer, values.length).set(values)
    return pointer
  })
  const [kernelAt, recurrentAt, biasAt] = copies as [Pointer, Pointer, Pointer]
  heap.kernel.pack(kernelAt, recurrentAt, biasAt, features, units, packed)
  free(copies)
}
