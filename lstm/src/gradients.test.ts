import '@tensorflow/tfjs-backend-wasm'
import { add, grad, mul, setBackend, sum, type Tensor, tidy, variable, variableGrads } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { fusedLstm } from './index.ts'
import {
  applyTo,
  describeCase,
  entriesOf,
  everythingOf,
  type Flags,
  makeTensors,
  makeValues,
  type Name,
  numbers,
  probed,
  relativeError,
  type Shape,
  seededFloats,
  type Value,
  type Values,
} from './problem.suite.ts'

beforeAll(async () => {
  await setBackend('wasm')
})

/** The loss of `everythingOf`, summed in float64. */
function lossOf(values: Values, flags: Flags): number {
  return tidy(() => {
    const { output, cell } = applyTo(fusedLstm, makeTensors(values), flags)
    const weighed = (one: Tensor, seed: number) => {
      const weights = seededFloats(one.size, seed)
      return numbers(one).reduce((total, value, i) => total + value * (weights[i] as number), 0)
    }
    return weighed(output, 7) + weighed(cell as Tensor, 8)
  })
}

/** Central differences: off by the step squared, and by float32's rounding over the step. */
function differences(values: Values, flags: Flags, name: Name): number[] {
  const step = 1e-2
  const { values: original, shape } = values[name] as Value
  return Array.from(original, (value, i) => {
    const at = (moved: number) => lossOf({ ...values, [name]: { values: original.with(i, moved), shape } }, flags)
    return (at(value + step) - at(value - step)) / (2 * step)
  })
}

describe('gradients are the slopes that central differences find', () => {
  const all = { bias: true, initialState: true }
  const cases: readonly (readonly [Shape, Flags])[] = [
    [{ batch: 1, steps: 1, features: 1, units: 1 }, all],
    [
      { batch: 1, steps: 4, features: 2, units: 3 },
      { ...all, returnSequences: true },
    ],
    [{ batch: 2, steps: 3, features: 3, units: 5 }, all],
    [
      { batch: 3, steps: 3, features: 2, units: 4 },
      { ...all, hardSigmoid: true, returnSequences: true },
    ],
    [{ batch: 3, steps: 2, features: 1, units: 6 }, { hardSigmoid: true }],
  ]
  it.each(cases.map(([shape, flags]) => [describeCase(shape, flags), shape, flags] as const))(
    '%s',
    (_, shape, flags) => {
      const values = makeValues(shape, flags, 3)
      const found = everythingOf(fusedLstm, values, flags)
      for (const [name] of entriesOf(values)) {
        const gradient = found[`the gradient of ${name}`] as Float32Array
        expect(relativeError(gradient, differences(values, flags, name)), name).toBeLessThan(1e-2)
      }
    },
  )
})

const shape = { batch: 3, steps: 4, features: 2, units: 5 }
const flags = { bias: true, initialState: true, returnSequences: true }
const values = makeValues(shape, flags, 5)

it('a gradient computed alone equals the one computed with the others', () => {
  const together = everythingOf(fusedLstm, values, flags)
  for (const [name] of entriesOf(values)) {
    const alone = tidy(() => {
      const inputs = makeTensors(values)
      const loss = (one: Tensor) => {
        const { output, cell } = applyTo(fusedLstm, { ...inputs, [name]: one }, flags)
        return add(probed(output, 7), probed(cell as Tensor, 8))
      }
      return numbers(grad(loss)(inputs[name] as Tensor))
    })
    expect(alone, name).toEqual(together[`the gradient of ${name}`])
  }
})

it('a loss of the last cell alone reaches every input', () => {
  tidy(() => {
    const inputs = makeTensors(values)
    for (const [name, input] of entriesOf(inputs)) {
      const loss = (one: Tensor) => probed(applyTo(fusedLstm, { ...inputs, [name]: one }, flags).cell as Tensor, 8)
      expect(
        numbers(grad(loss)(input)).some(value => value !== 0),
        name,
      ).toBe(true)
    }
  })
})

it('an input that is used twice gets both gradients', () => {
  tidy(() => {
    const { x, ...weights } = makeTensors(values)
    const once = grad((one: Tensor) => probed(applyTo(fusedLstm, { x: one, ...weights }, flags).output, 7))
    const twice = grad((one: Tensor) => {
      const run = () => probed(applyTo(fusedLstm, { x: one, ...weights }, flags).output, 7)
      return add(run(), run())
    })
    const doubled = numbers(once(x)).map(value => 2 * value)
    expect(relativeError(numbers(twice(x)), doubled)).toBeLessThan(1e-6)
  })
})

it('outputs have the same bits with a gradient and without', () => {
  const found = everythingOf(fusedLstm, values, flags)
  tidy(() => {
    const { output, cell } = applyTo(fusedLstm, makeTensors(values), flags)
    expect(numbers(output)).toEqual(found['the output'])
    expect(numbers(cell as Tensor)).toEqual(found['the last cell'])
  })
})

it('a gradient of a gradient is refused', () => {
  tidy(() => {
    const { x, ...weights } = makeTensors(values)
    const first = grad((one: Tensor) => sum(applyTo(fusedLstm, { x: one, ...weights }, flags).output))
    expect(() => grad((one: Tensor) => sum(mul(first(one), first(one))))(x)).toThrow(/gradient/)
  })
})

it('after a loss that throws, the next gradient is right', () => {
  const expected = everythingOf(fusedLstm, values, flags)
  const inputs = makeTensors(values)
  const kernel = variable(inputs.kernel)
  const failing = () => {
    applyTo(fusedLstm, { ...inputs, kernel }, flags)
    throw new Error('the loss went wrong')
  }
  expect(() => variableGrads(failing, [kernel])).toThrow('the loss went wrong')
  expect(everythingOf(fusedLstm, values, flags)).toEqual(expected)
})
