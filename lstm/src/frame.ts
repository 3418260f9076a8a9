import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core'
import { floats, type Heap, ownHeap } from './heap.ts'
import { instantiate, type Kernel, type Pointer } from './kernel.ts'

/** One call of the kernel: its inputs in reach, its scratch memory, its outputs as tensors. All float32. */
export interface Frame {
  readonly kernel: Kernel
  input(tensor: TensorInfo): Pointer
  /** Numbers of no particular value, gone when the frame ends. */
  scratch(count: number): Pointer
  zeros(count: number): Pointer
  /** `count` numbers that come back as a tensor of `shape`; they may be more than the shape says. */
  output(shape: number[], count?: number): Pointer
}

/** Runs `work` and returns its outputs, in order. What was allocated for it is freed, whether it ends or throws. */
export function inFrame(backend: KernelBackend, work: (frame: Frame) => void): TensorInfo[] {
  const native = wasmBackend(backend)
  const heap = native ? heapWithin(native) : null
  return native && heap ? borrowing(native, heap, work) : copying(backend, work)
}

/** The parts of TF.js's WebAssembly backend that its own kernels use. */
export interface WasmBackend extends KernelBackend {
  readonly wasm: {
    readonly asm?: { readonly memory?: unknown }
    _malloc(bytes: number): number
    _free(pointer: number): void
  }
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } }
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo
  typedArrayFromHeap(tensor: TensorInfo): Float32Array
}

function wasmBackend(backend: KernelBackend): WasmBackend | null {
  return 'wasm' in backend && 'dataIdMap' in backend ? (backend as WasmBackend) : null
}

const heaps = new WeakMap<WasmBackend, Heap | null>()

/** TF.js's memory with our kernel in it; null where it can't be shared, as with the backend's threaded build. */
function heapWithin(backend: WasmBackend): Heap | null {
  let heap = heaps.get(backend)
  if (heap === undefined) {
    heap = enter(backend)
    heaps.set(backend, heap)
  }
  return heap
}

function enter({ wasm }: WasmBackend): Heap | null {
  const memory = wasm.asm?.memory
  if (!(memory instanceof WebAssembly.Memory) || !(memory.buffer instanceof ArrayBuffer)) return null
  return {
    memory,
    kernel: instantiate(memory),
    malloc(bytes) {
      const pointer = wasm._malloc(bytes) >>> 0
      if (pointer === 0)
        throw new RangeError(`Expected ${bytes} free bytes in TF.js's WebAssembly memory, found fewer.`)
      return pointer
    },
    free: pointer => wasm._free(pointer),
  }
}

/** Tensors already lie in the heap: nothing is copied. */
function borrowing(backend: WasmBackend, heap: Heap, work: (frame: Frame) => void): TensorInfo[] {
  const outputs: TensorInfo[] = []
  const at = ({ dataId }: TensorInfo) => backend.dataIdMap.get(dataId).memoryOffset
  return scoped(heap, scratch => {
    try {
      work({
        ...scratch,
        input: at,
        output(shape, count) {
          const made = backend.makeOutput(count === undefined ? shape : [count], 'float32')
          outputs.push({ ...made, shape })
          return at(made)
        },
      })
      return outputs
    } catch (error) {
      for (const { dataId } of outputs) backend.disposeData(dataId)
      throw error
    }
  })
}

/** Tensors lie elsewhere: inputs are copied in, outputs out. */
function copying(backend: KernelBackend, work: (frame: Frame) => void): TensorInfo[] {
  const heap = ownHeap()
  const outputs: { shape: number[]; count: number; pointer: Pointer }[] = []
  return scoped(heap, scratch => {
    work({
      ...scratch,
      input({ dataId }) {
        const values = backend.readSync(dataId) as Float32Array
        const pointer = scratch.scratch(values.length)
        floats(heap, pointer, values.length).set(values)
        return pointer
      },
      output(shape, count = shape.reduce((product, size) => product * size, 1)) {
        const pointer = scratch.scratch(count)
        outputs.push({ shape, count, pointer })
        return pointer
      },
    })
    return outputs.map(({ shape, count, pointer }) => ({
      dataId: backend.write(floats(heap, pointer, count).slice(), [count], 'float32'),
      shape,
      dtype: 'float32' as const,
    }))
  })
}

function scoped(heap: Heap, run: (scratch: Pick<Frame, 'kernel' | 'scratch' | 'zeros'>) => TensorInfo[]): TensorInfo[] {
  const blocks: Pointer[] = []
  const scratch = (count: number) => {
    const pointer = heap.malloc(Math.max(count, 1) * Float32Array.BYTES_PER_ELEMENT)
    blocks.push(pointer)
    return pointer
  }
  try {
    return run({
      kernel: heap.kernel,
      scratch,
      zeros(count) {
        const pointer = scratch(count)
        heap.kernel.clear(pointer, count)
        return pointer
      },
    })
  } finally {
    for (const block of blocks) heap.free(block)
  }
}
