import { add, mul, sum, type Tensor, tensor, tidy, variable, variableGrads } from '@tensorflow/tfjs-core'
import type { fusedLstm } from './op.ts'

export interface Shape {
  readonly batch: number
  readonly steps: number
  readonly features: number
  readonly units: number
}

export interface Flags {
  readonly hardSigmoid?: boolean
  readonly returnSequences?: boolean
  readonly bias?: boolean
  readonly initialState?: boolean
}

/** The inputs of an LSTM, in Keras's layout. */
export interface Named<T> {
  readonly x: T
  readonly kernel: T
  readonly recurrentKernel: T
  readonly bias?: T
  readonly hidden?: T
  readonly cell?: T
}

export type Name = keyof Named<unknown>

export interface Value {
  readonly values: Float32Array
  readonly shape: number[]
}

export type Values = Named<Value>
export type Inputs = Named<Tensor>

/** Anything that computes what `fusedLstm` does. */
export type LstmFunction = (...args: Parameters<typeof fusedLstm>) => { output: Tensor; cell: Tensor | null }

/** Uniform on ±scale, the same for the same seed. Mulberry32. */
export function seededFloats(count: number, seed: number, scale = 1): Float32Array {
  let state = Math.imul(seed, 0x9e3779b9)
  return Float32Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return (2 * ((x ^ (x >>> 14)) >>> 0) * 2 ** -32 - 1) * scale
  })
}

/** Weights as wide as Glorot's, states and inputs as wide as scaled ones are. */
export function makeValues({ batch, steps, features, units }: Shape, flags: Flags, seed: number): Values {
  const glorot = Math.sqrt(6 / (features + units))
  const made = (shape: number[], offset: number, scale: number) => ({
    values: seededFloats(
      shape.reduce((product, size) => product * size, 1),
      seed * 10 + offset,
      scale,
    ),
    shape,
  })
  return {
    x: made([batch, steps, features], 1, 2),
    kernel: made([features, 4 * units], 2, glorot),
    recurrentKernel: made([units, 4 * units], 3, glorot),
    ...(flags.bias && { bias: made([4 * units], 4, 0.5) }),
    ...(flags.initialState && { hidden: made([batch, units], 5, 0.9), cell: made([batch, units], 6, 1.5) }),
  }
}

export function makeTensors(values: Values): Inputs {
  return mapNamed(values, ({ values, shape }) => tensor(values.slice(), shape))
}

export function mapNamed<T, U>(named: Named<T>, change: (one: T) => U): Named<U> {
  return Object.fromEntries(entriesOf(named).map(([name, one]) => [name, change(one)])) as unknown as Named<U>
}

export function entriesOf<T>(named: Named<T>): [Name, T][] {
  return Object.entries(named) as [Name, T][]
}

export function applyTo(run: LstmFunction, inputs: Inputs, flags: Flags, returnCell = true): ReturnType<LstmFunction> {
  const [x, kernel, recurrentKernel, ...options] = asArguments(inputs)
  return run(x, kernel, recurrentKernel, {
    ...options[0],
    recurrentActivation: flags.hardSigmoid ? 'hardSigmoid' : 'sigmoid',
    returnSequences: flags.returnSequences,
    returnCell,
  })
}

function asArguments({ x, kernel, recurrentKernel, bias, hidden, cell }: Inputs): Parameters<typeof fusedLstm> {
  const options = { bias, initialState: hidden && cell ? [hidden, cell] : undefined }
  return [x, kernel, recurrentKernel, options] as Parameters<typeof fusedLstm>
}

/** The output, the last cell and the gradients of every input, of a loss that weighs each output differently. */
export function everythingOf(run: LstmFunction, values: Values, flags: Flags): Record<string, Float32Array> {
  return tidy(() => {
    const variables = mapNamed(makeTensors(values), one => variable(one))
    const found: Record<string, Float32Array> = {}
    const loss = () => {
      const { output, cell } = applyTo(run, variables, flags)
      found['the output'] = numbers(output)
      found['the last cell'] = numbers(cell as Tensor)
      return add(probed(output, 7), probed(cell as Tensor, 8))
    }
    const { grads } = variableGrads(loss as Parameters<typeof variableGrads>[0], Object.values(variables))
    for (const [name, one] of entriesOf(variables)) {
      found[`the gradient of ${name}`] = numbers(grads[one.name] as Tensor)
      one.dispose()
    }
    return found
  })
}

/** A scalar to which each number of `one` matters differently. */
export function probed(one: Tensor, seed: number): Tensor {
  return sum(mul(one, tensor(seededFloats(one.size, seed), one.shape)))
}

export function numbers(one: Tensor): Float32Array {
  return one.dataSync<'float32'>()
}

/** The largest difference, as a share of the largest expected magnitude; NaN where a NaN is, or the lengths differ. */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.NaN
  let difference = 0
  let magnitude = 0
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs((found[i] as number) - (expected[i] as number)))
    magnitude = Math.max(magnitude, Math.abs(expected[i] as number))
  }
  return difference === 0 ? 0 : difference / magnitude
}

/** `relativeError` of each of what `everythingOf` found. */
export function relativeErrors(
  found: Readonly<Record<string, Float32Array>>,
  expected: Readonly<Record<string, Float32Array>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(expected).map(([name, numbers]) => [name, relativeError(found[name] ?? [], numbers)]),
  )
}

export function describeCase({ batch, steps, features, units }: Shape, flags: Flags): string {
  const on = Object.entries(flags).flatMap(([name, value]) => (value ? [name] : []))
  return [`batch ${batch}, steps ${steps}, features ${features}, units ${units}`, ...on].join(', ')
}
