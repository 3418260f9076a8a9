import { instantiate, type Kernel, type Pointer } from './kernel.ts'

/** A memory with a kernel at work in it, and who hands out its bytes. */
export interface Heap {
  readonly memory: WebAssembly.Memory
  readonly kernel: Kernel
  /** Bytes at a multiple of 16, not cleared. Throws a RangeError when there are no more. */
  malloc(bytes: number): Pointer
  free(pointer: Pointer): void
}

/** Float32s in a heap. Valid until the next `malloc`, which may move the heap to a larger buffer. */
export function floats(heap: Heap, pointer: Pointer, count: number): Float32Array<ArrayBuffer> {
  return new Float32Array(heap.memory.buffer as ArrayBuffer, pointer, count)
}

const pageBytes = 65_536
const leastBlockBytes = 64

/**
 * A heap of our own, that grows by what is asked of it. Blocks are powers of two and freed ones are kept for the next of
 * their size, so that calls of the same shapes never grow it twice.
 */
export function makeHeap(): Heap {
  const memory = new WebAssembly.Memory({ initial: 1 })
  const freed = new Map<number, Pointer[]>()
  const sizeOf = new Map<Pointer, number>()
  let top = leastBlockBytes
  const grow = (bytes: number) => {
    const missing = top + bytes - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes))
    top += bytes
    return top - bytes
  }
  return {
    memory,
    kernel: instantiate(memory),
    malloc(bytes) {
      const size = Math.max(leastBlockBytes, 2 ** Math.ceil(Math.log2(bytes)))
      const pointer = freed.get(size)?.pop() ?? grow(size)
      sizeOf.set(pointer, size)
      return pointer
    },
    free(pointer) {
      const size = sizeOf.get(pointer)
      if (size === undefined) throw new RangeError(`Expected the start of a block, got ${pointer}.`)
      sizeOf.delete(pointer)
      const blocks = freed.get(size)
      if (blocks) blocks.push(pointer)
      else freed.set(size, [pointer])
    },
  }
}

let shared: Heap | null = null

/** The one heap of this process for whatever does not lie in TF.js's own memory. */
export function ownHeap(): Heap {
  shared ??= makeHeap()
  return shared
}
