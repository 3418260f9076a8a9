import { getKernel, type KernelBackend, type KernelFunc, registerKernel, type TensorInfo } from '@tensorflow/tfjs-core'
import { type Frame, inFrame } from './frame.ts'
import { type Pointer, paddedUnits, sizes } from './kernel.ts'

/** Names under which TF.js knows the two kernels. */
export const forwardName = 'FusedLSTM'
export const backwardName = 'FusedLSTMGradient'

export interface Attributes {
  /** Keras's hard sigmoid for the gates instead of the logistic one. */
  readonly hardSigmoid: boolean
  readonly returnSequences: boolean
  readonly returnCell: boolean
  /** Hidden state and cell are given, not zeros. */
  readonly initialState: boolean
  /** Keep what the backward pass needs. */
  readonly history: boolean
}

/** [batch, steps, features], [features, 4 units], [units, 4 units], [4 units], and states [batch, units]. */
export interface Inputs {
  x: TensorInfo
  kernel: TensorInfo
  recurrentKernel: TensorInfo
  bias?: TensorInfo | undefined
  hidden?: TensorInfo | undefined
  cell?: TensorInfo | undefined
}

/** Lets a backend of TF.js run both kernels. Twice does no harm. */
export function registerFor(backendName: string): void {
  if (getKernel(forwardName, backendName)) return
  const register = (
    kernelName: string,
    run: (inputs: never, backend: KernelBackend, attributes: never) => TensorInfo[],
  ) => {
    const kernelFunc: KernelFunc = ({ inputs, backend, attrs }) =>
      run(inputs as never, backend as KernelBackend, attrs as never)
    registerKernel({ kernelName, backendName, kernelFunc })
  }
  register(forwardName, forward)
  register(backwardName, backward)
}

interface Shape {
  readonly batch: number
  readonly steps: number
  readonly features: number
  readonly units: number
}

/**
 * Outputs: [batch, steps, units] or [batch, units]; the history, if it is kept; the last cell [batch, units], if it is
 * wanted. The history's shape is [0], though numbers lie behind it: it is nobody's to read, but lives and dies by TF.js's
 * own counting, and no gradient of zeros is made up for it.
 */
function forward(inputs: Inputs, backend: KernelBackend, attributes: Attributes): TensorInfo[] {
  const shape = shapeOf(inputs)
  const { batch, steps, features, units } = shape
  const { hardSigmoid, returnSequences, returnCell, history } = attributes
  return inFrame(backend, frame => {
    const out = frame.output(returnSequences ? [batch, steps, units] : [batch, units])
    const { gates, hidden, cell, lastCell } = history
      ? historyAt(frame.output([0], historySize(shape)), shape)
      : stateAt(frame.scratch(3 * sizes.state(batch, units)), shape)
    place(frame, inputs.hidden, shape, hidden)
    place(frame, inputs.cell, shape, cell)
    frame.kernel.forward(
      frame.input(inputs.x),
      packed(frame, inputs, shape),
      batch,
      steps,
      features,
      units,
      Number(hardSigmoid),
      Number(attributes.initialState),
      gates,
      hidden,
      cell,
      out,
      Number(returnSequences),
      frame.scratch(frame.kernel.forwardScratch(units)),
    )
    if (returnCell) {
      frame.kernel.copyRows(lastCell, paddedUnits(units), 0, batch, frame.output([batch, units]), units, units)
    }
  })
}

/** A state as the kernel keeps it: rows of whole panels, zeros where none is given and beyond its units. */
function place(frame: Frame, state: TensorInfo | undefined, { batch, units }: Shape, to: Pointer): void {
  frame.kernel.clear(to, sizes.state(batch, units))
  if (state) frame.kernel.copyRows(frame.input(state), units, 0, batch, to, paddedUnits(units), units)
}

export interface BackwardInputs extends Inputs {
  outGradient: TensorInfo
  /** Missing where the last cell wasn't returned. */
  cellGradient?: TensorInfo | undefined
  history: TensorInfo
}

/**
 * Outputs: gradients of kernel, recurrent kernel and bias; of the initial hidden state and cell, where they were given; and
 * of the input, where it is wanted.
 */
function backward(inputs: BackwardInputs, backend: KernelBackend, attributes: Attributes & { ofInput: boolean }) {
  const shape = shapeOf(inputs)
  const { batch, steps, features, units } = shape
  return inFrame(backend, frame => {
    const { kernel } = frame
    const ofKernel = frame.output([features, 4 * units])
    const ofRecurrent = frame.output([units, 4 * units])
    const ofBias = frame.output([4 * units])
    const ofHidden = attributes.initialState ? frame.output([batch, units]) : 0
    const ofCell = attributes.initialState ? frame.output([batch, units]) : 0
    const ofInput = attributes.ofInput ? frame.output([batch, steps, features]) : 0
    const cellGradient = frame.scratch(sizes.state(batch, units))
    place(frame, inputs.cellGradient, shape, cellGradient)
    const weightGradient = frame.zeros(sizes.packed(features, units))
    const { gates, hidden, cell } = historyAt(frame.input(inputs.history), shape)
    kernel.backward(
      frame.input(inputs.x),
      batch,
      steps,
      features,
      units,
      Number(attributes.hardSigmoid),
      gates,
      hidden,
      cell,
      frame.input(inputs.outGradient),
      Number(attributes.returnSequences),
      transposed(frame, inputs.recurrentKernel, units, units),
      attributes.ofInput ? transposed(frame, inputs.kernel, features, units) : 0,
      frame.scratch(kernel.backwardScratch(batch, features, units)),
      weightGradient,
      ofInput,
      ofHidden,
      cellGradient,
    )
    kernel.unpack(weightGradient, features, units, ofKernel, ofRecurrent, ofBias)
    if (ofCell) kernel.copyRows(cellGradient, paddedUnits(units), 0, batch, ofCell, units, units)
  })
}

function shapeOf({ x, kernel, recurrentKernel }: Inputs): Shape {
  const [batch, steps] = x.shape as [number, number]
  return { batch, steps, features: kernel.shape[0] as number, units: recurrentKernel.shape[0] as number }
}

const bytes = (count: number) => count * Float32Array.BYTES_PER_ELEMENT

const historySize = ({ batch, steps, units }: Shape) =>
  sizes.gates(batch, steps, units) + 2 * (steps + 1) * sizes.state(batch, units)

/** Where the parts of a history lie, as `assembly/forward.ts` says. */
function historyAt(pointer: Pointer, { batch, steps, units }: Shape) {
  const state = bytes(sizes.state(batch, units))
  const hidden = pointer + bytes(sizes.gates(batch, steps, units))
  const cell = hidden + (steps + 1) * state
  return { gates: pointer, hidden, cell, lastCell: cell + steps * state }
}

/** Without a history: two hidden states in turn, one cell. */
function stateAt(pointer: Pointer, { batch, units }: Shape) {
  const cell = pointer + 2 * bytes(sizes.state(batch, units))
  return { gates: 0, hidden: pointer, cell, lastCell: cell }
}

function packed(frame: Frame, { kernel, recurrentKernel, bias }: Inputs, { features, units }: Shape): Pointer {
  const pointer = frame.scratch(sizes.packed(features, units))
  const biasAt = bias ? frame.input(bias) : 0
  frame.kernel.pack(frame.input(kernel), frame.input(recurrentKernel), biasAt, features, units, pointer)
  return pointer
}

function transposed(frame: Frame, matrix: TensorInfo, rows: number, units: number): Pointer {
  const pointer = frame.scratch(sizes.transposed(rows, units))
  frame.kernel.packTransposed(frame.input(matrix), rows, units, pointer)
  return pointer
}
