import { getKernel, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core'
import type { WasmBackend } from './frame.ts'

const quickened = new WeakSet<KernelFunc>()

/**
 * `model.fit` shuffles by gathering rows, which TF.js's wasm backend does number by number: a fifth of a fused epoch. From
 * here on it copies rows whole, to the same result; any other gathering stays as it is. Call it once that backend is set;
 * it does nothing where that backend isn't there. Twice does no harm.
 */
export function quickenShuffle(): void {
  const kernel = getKernel('GatherV2', 'wasm')
  if (!kernel || quickened.has(kernel.kernelFunc)) return
  const stock = kernel.kernelFunc
  const kernelFunc: KernelFunc = call => {
    const { x, indices } = call.inputs as unknown as { x: TensorInfo; indices: TensorInfo }
    const { axis, batchDims } = call.attrs as unknown as { axis: number; batchDims: number }
    const rows = indices.shape.length === 1 && indices.dtype === 'int32' && x.dtype === 'float32' && x.shape.length > 0
    if (!rows || axis !== 0 || batchDims !== 0) return stock(call)
    return gatherRows(call.backend as WasmBackend, x, indices) ?? stock(call)
  }
  quickened.add(kernelFunc)
  kernel.kernelFunc = kernelFunc
}

/** Null for an index outside of the rows: what becomes of it is TF.js's to say. */
function gatherRows(backend: WasmBackend, x: TensorInfo, indices: TensorInfo): TensorInfo | null {
  const [rows, ...rest] = x.shape as [number, ...number[]]
  const width = rest.reduce((product, size) => product * size, 1)
  const wanted = backend.readSync(indices.dataId) as Int32Array
  if (!wanted.every(row => row >= 0 && row < rows)) return null
  const made = backend.makeOutput([wanted.length, ...rest], 'float32')
  const from = backend.typedArrayFromHeap(x)
  const to = backend.typedArrayFromHeap(made)
  wanted.forEach((row, i) => {
    to.set(from.subarray(row * width, (row + 1) * width), i * width)
  })
  return made
}
