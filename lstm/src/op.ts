import {
  engine,
  type GradConfig,
  type NamedAttrMap,
  type NamedTensorMap,
  registerGradient,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type TensorInfo,
  tensor,
} from '@tensorflow/tfjs-core'
import { type Attributes, backwardName, forwardName, type Inputs } from './kernels.ts'

export interface FusedLstmOptions {
  /** [4 · units]; none by default. */
  readonly bias?: Tensor1D | undefined
  /** Hidden state and cell, each [batch, units]; zeros by default. */
  readonly initialState?: readonly [Tensor2D, Tensor2D] | undefined
  /** How the three gates squash: `sigmoid` by default, `hardSigmoid` as in `tf.layers.lstm`'s default. */
  readonly recurrentActivation?: 'sigmoid' | 'hardSigmoid' | undefined
  readonly returnSequences?: boolean | undefined
  readonly returnCell?: boolean | undefined
}

/**
 * An LSTM over whole sequences as one operation of TF.js, on the backend that is set. `x` [batch, steps, features]; `kernel`
 * [features, 4 · units] and `recurrentKernel` [units, 4 · units] in Keras's order of gates: input, forget, candidate, output.
 * Returns the last hidden state [batch, units] or, with `returnSequences`, all of them [batch, steps, units]; and, with
 * `returnCell`, the last cell [batch, units]. Gradients reach every input. Throws for shapes that don't fit, and for a
 * gradient of a gradient.
 */
export function fusedLstm(
  x: Tensor3D,
  kernel: Tensor2D,
  recurrentKernel: Tensor2D,
  options: FusedLstmOptions = {},
): { output: Tensor2D | Tensor3D; cell: Tensor2D | null } {
  const inputs: Inputs = { x, kernel, recurrentKernel }
  // TF.js takes a name without a tensor for an input without a gradient, and stumbles.
  if (options.bias) inputs.bias = options.bias
  if (options.initialState) [inputs.hidden, inputs.cell] = options.initialState
  check(inputs)
  const history = isTaped()
  const attributes: Attributes = {
    hardSigmoid: options.recurrentActivation === 'hardSigmoid',
    returnSequences: options.returnSequences === true,
    returnCell: options.returnCell === true,
    initialState: options.initialState !== undefined,
    history,
  }
  const outputs = engine().runKernel(
    forwardName,
    inputs as unknown as NamedTensorMap,
    attributes as unknown as NamedAttrMap,
  ) as Tensor[]
  if (history) keepOnTape(outputs[1] as Tensor)
  return {
    output: outputs[0] as Tensor2D | Tensor3D,
    cell: attributes.returnCell ? (outputs.at(-1) as Tensor2D) : null,
  }
}

/** True while TF.js records operations for a gradient. */
function isTaped(): boolean {
  const { gradientDepth, kernelDepth } = engine().state
  return gradientDepth > 0 && kernelDepth === 0
}

/**
 * Hands the history to the tape's newest node, for the gradient function to find behind what TF.js saved, and for TF.js to
 * dispose of. Saved as an output is, it would be copied: the wasm backend clones by copying.
 */
function keepOnTape(history: Tensor): void {
  const node = engine().state.activeTape.at(-1)
  if (node?.kernelName !== forwardName)
    throw new Error(`Expected ${forwardName} on TF.js's tape, found ${node?.kernelName}.`)
  node.saved?.push(engine().keep(history))
}

function check({ x, kernel, recurrentKernel, bias, hidden, cell }: Inputs): void {
  const [batch, steps, features] = x.shape as [number, number, number]
  if (x.shape.length !== 3 || !(batch > 0 && steps > 0 && features > 0)) {
    throw new RangeError(`Expected x as [batch, steps, features], none of them 0; got [${x.shape}].`)
  }
  const units = Math.max(1, recurrentKernel.shape[0] ?? 0)
  checkOne('x', x, batch, steps, features)
  checkOne('kernel', kernel, features, 4 * units)
  checkOne('recurrentKernel', recurrentKernel, units, 4 * units)
  if (bias) checkOne('bias', bias, 4 * units)
  if (hidden) checkOne('initialState[0]', hidden, batch, units)
  if (cell) checkOne('initialState[1]', cell, batch, units)
}

function checkOne(name: string, { shape, dtype }: TensorInfo, ...expected: readonly number[]): void {
  if (dtype !== 'float32') throw new TypeError(`Expected ${name} as float32, got ${dtype}.`)
  if (shape.length === expected.length && shape.every((size, i) => size === expected[i])) return
  throw new RangeError(`Expected ${name} as [${expected}], got [${shape}].`)
}

/** A gradient outside of TF.js's scopes, which free what one input's gradient leaves behind before the next is asked for. */
interface Held {
  readonly values: Float32Array
  readonly shape: number[]
}

const gradient: GradConfig = {
  kernelName: forwardName,
  inputsToSave: ['x', 'kernel', 'recurrentKernel'],
  gradFunc(gradients, saved, attrs) {
    // The gradients of the output, of the history and, if it was returned, of the last cell.
    const [outGradient, , cellGradient] = gradients as Tensor[]
    const [x, kernel, recurrentKernel, history] = saved
    let held: Held[] | null = null
    // The input's gradient is dear and seldom wanted: TF.js asks for it first, if it does at all.
    const run = (ofInput: boolean) => {
      const inputs = { x, kernel, recurrentKernel, history, outGradient } as NamedTensorMap
      if (cellGradient) inputs.cellGradient = cellGradient
      const made = engine().runKernel(backwardName, inputs, { ...attrs, ofInput }) as Tensor[]
      const [ofX] = ofInput ? made.splice(-1) : []
      held = made.map(one => ({ values: one.dataSync<'float32'>(), shape: one.shape }))
      return ofX as Tensor
    }
    const at = (index: number) => () => {
      if (held === null) run(false)
      const { values, shape } = (held as unknown as Held[])[index] as Held
      return tensor(values, shape)
    }
    return { x: () => run(true), kernel: at(0), recurrentKernel: at(1), bias: at(2), hidden: at(3), cell: at(4) }
  },
}

registerGradient(gradient)
