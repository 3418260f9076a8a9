import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'

/** The backend that does the arithmetic, and why it was chosen. */
export interface Backend {
  readonly name: string
  readonly because: string
}

/**
 * Picks TF.js's native binding where it is installed and works, else WebAssembly. Call it before any model is made.
 * The binding fails in many ways (not downloaded, wrong Node, wrong libc), so that one real product decides.
 */
export async function startBackend(): Promise<Backend> {
  const refusal = await tryNative()
  if (refusal === null) return { name: 'tensorflow', because: '@tensorflow/tfjs-node is installed and works' }
  await tf.setBackend('wasm')
  await tf.ready()
  return { name: 'wasm', because: refusal }
}

async function tryNative(): Promise<string | null> {
  try {
    // Not a literal: it is an optional dependency, and compilers and bundlers must not insist on it.
    const native: string = '@tensorflow/tfjs-node'
    await import(native)
    if (!(await tf.setBackend('tensorflow'))) return '@tensorflow/tfjs-node did not start'
    const [product] = tf.tidy(() => tf.matMul(tf.tensor2d([[2]]), tf.tensor2d([[3]])).dataSync())
    return product === 6 ? null : `@tensorflow/tfjs-node computed 2 × 3 = ${product}`
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\n.*/s, '') : String(error)
    // The loader's message names the importing file's whole path, which helps nobody.
    return /Cannot find package/.test(reason)
      ? '@tensorflow/tfjs-node is not installed'
      : `@tensorflow/tfjs-node does not work here: ${reason}`
  }
}
