import {
  reshape,
  reverse,
  serialization,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { type Contest, servesFused } from './choice.ts'
import { fusedLstm } from './op.ts'

/** The arguments of `tf.layers.lstm`. */
export type LstmConfig = Parameters<typeof layers.lstm>[0]

type Layer = ReturnType<typeof layers.lstm>
type Kwargs = Parameters<Layer['call']>[1]

/** The parts of TF.js's own layer that stand in no declaration. */
interface StockLstm extends Layer {
  readonly cell: Layer['cell'] & Cell
  readonly stateful: boolean
  readonly goBackwards: boolean
  readonly returnSequences: boolean
  readonly returnState: boolean
  readonly unroll: boolean
  resetStates(states?: Tensor[], training?: boolean): void
}

interface Cell {
  readonly units: number
  readonly kernel: Variable<Tensor2D>
  readonly recurrentKernel: Variable<Tensor2D>
  readonly bias: Variable<Tensor1D> | null
  readonly activation: serialization.Serializable
  readonly recurrentActivation: serialization.Serializable
  readonly dropout: number
  readonly recurrentDropout: number
}

interface Variable<T extends Tensor> {
  read(): T
}

// Not exported by name; an instance knows its class.
const Stock = layers.lstm({ units: 1 }).constructor as new (config: LstmConfig) => StockLstm

/**
 * TF.js's LSTM layer with its sequence computed by the fused kernel. Everything else is inherited: config, weights, names,
 * saved format. What the kernel can't do (see `fusable`), the inherited layer does.
 */
export class FusedLstm extends Stock {
  /** As a saved model names it, so that the stock layer loads what this one saved, and the reverse. */
  static readonly className = 'LSTM'

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor | Tensor[] {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor3D
    // A run of the stock layer would move a stateful one's state on.
    const contest = this.stateful ? null : () => this.#contest(x)
    if (!fusable(this, x, kwargs) || !servesFused(contest)) return super.call(inputs, kwargs)
    const initialState = kwargs?.initialState ?? (this.stateful ? this.states : null)
    // The usual case makes nothing on the way that would have to be tidied up.
    if (!this.stateful && !this.goBackwards && !this.returnState) return this.#sequence(x, initialState).output
    return tidy(() => {
      const { output, hidden, cell } = this.#sequence(x, initialState)
      if (this.stateful) this.resetStates([hidden(), cell as Tensor2D], Boolean(kwargs?.training))
      return this.returnState ? [output, hidden(), cell as Tensor2D] : output
    })
  }

  #contest(x: Tensor3D): Contest {
    return {
      fused: () => this.#sequence(x, null).output,
      stock: () => [super.call(x, {})].flat()[0] as Tensor,
    }
  }

  #sequence(x: Tensor3D, initialState: [Tensor2D, Tensor2D] | null) {
    const { kernel, recurrentKernel, bias, recurrentActivation } = this.cell
    const { output, cell } = fusedLstm(this.goBackwards ? reverse(x, 1) : x, kernel.read(), recurrentKernel.read(), {
      bias: bias?.read(),
      initialState: initialState ?? undefined,
      recurrentActivation: recurrentActivation.getClassName() as 'sigmoid' | 'hardSigmoid',
      returnSequences: this.returnSequences,
      returnCell: this.returnState || this.stateful,
    })
    return { output, cell, hidden: () => (this.returnSequences ? lastStep(output as Tensor3D) : output) as Tensor2D }
  }
}

/**
 * Takes the same config as `tf.layers.lstm` and makes the same weights, names and saved format.
 *
 * @example
 * const model = tf.sequential({ layers: [lstm({ units: 32, inputShape: [48, 25] }), tf.layers.dense({ units: 1 })] })
 */
export function lstm(config: LstmConfig): FusedLstm {
  return new FusedLstm(config)
}

/**
 * Makes `tf.loadLayersModel` build fused layers from every LSTM that it finds from now on.
 *
 * @example
 * registerFusedLstm()
 * const model = await tf.loadLayersModel('file://model.json')
 */
export function registerFusedLstm(): void {
  serialization.registerClass(FusedLstm as unknown as Parameters<typeof serialization.registerClass>[0])
}

/** Masks, dropout while training and activations other than Keras's two pairs stay with the stock layer. */
function fusable({ cell }: StockLstm, x: Tensor3D, kwargs: Kwargs): boolean {
  const dropsOut = cell.dropout > 0 || cell.recurrentDropout > 0
  return (
    cell.activation.getClassName() === 'tanh' &&
    ['sigmoid', 'hardSigmoid'].includes(cell.recurrentActivation.getClassName()) &&
    (kwargs?.mask ?? null) === null &&
    !(dropsOut && kwargs?.training) &&
    x.dtype === 'float32' &&
    x.size > 0
  )
}

function lastStep(sequence: Tensor3D): Tensor2D {
  const [batch, steps, units] = sequence.shape
  return reshape(slice(sequence, [0, steps - 1, 0], [batch, 1, units]), [batch, units])
}
