import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { env, setBackend, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { directLstm, fusedLstm } from './index.ts'
import {
  applyTo,
  everythingOf,
  type Flags,
  makeTensors,
  makeValues,
  mapNamed,
  numbers,
  type Value,
  type Values,
} from './problem.suite.ts'

// So TF.js checks of every kernel that it leaves no data behind, and doesn't advertise its native binding.
env().set('IS_TEST', true)

const shape = { batch: 7, steps: 5, features: 3, units: 6 }
const hostileRow = 2
const rowSize = shape.steps * shape.features

function runOf(values: Values, flags: Flags): Float32Array {
  return tidy(() => numbers(applyTo(fusedLstm, makeTensors(values), flags).output))
}

/** The third number of the third step of one sequence is `hostile`. */
function withOne(values: Values, hostile: number): Values {
  const { values: x, shape: xShape } = values.x
  return { ...values, x: { values: x.with(hostileRow * rowSize + 2 * shape.features + 2, hostile), shape: xShape } }
}

const rows = (flat: Float32Array) => {
  const size = flat.length / shape.batch
  return Array.from({ length: shape.batch }, (_, row) => flat.slice(row * size, (row + 1) * size))
}

describe.each(['wasm', 'cpu'])('on %s', backend => {
  beforeAll(async () => {
    await setBackend(backend)
  })

  describe.each([true, false])('hard sigmoid %s', hardSigmoid => {
    const flags = { hardSigmoid, bias: true, initialState: true }
    const values = makeValues(shape, flags, 1)

    it('a NaN in one sequence is NaN in its answer and leaves the others alone', () => {
      const clean = rows(runOf(values, flags))
      rows(runOf(withOne(values, Number.NaN), flags)).forEach((found, row) => {
        if (row === hostileRow) expect(found.every(Number.isNaN)).toBe(true)
        else expect(found).toEqual(clean[row])
      })
    })

    it('a NaN has an effect from its own step on, not before', () => {
      const found = runOf(withOne(values, Number.NaN), { ...flags, returnSequences: true })
      const sequence = rows(found)[hostileRow] as Float32Array
      expect(sequence.subarray(0, 2 * shape.units).every(Number.isFinite)).toBe(true)
      expect(sequence.subarray(2 * shape.units).every(Number.isNaN)).toBe(true)
    })

    it('a NaN makes the gradients of all weights NaN, and of the inputs those of its own sequence', () => {
      const clean = everythingOf(fusedLstm, values, flags)
      const found = everythingOf(fusedLstm, withOne(values, Number.NaN), flags)
      for (const name of ['kernel', 'recurrentKernel', 'bias']) {
        expect(found[`the gradient of ${name}`]?.every(Number.isNaN), name).toBe(true)
      }
      for (const name of ['x', 'hidden', 'cell']) {
        const of = (gradients: typeof found) => rows(gradients[`the gradient of ${name}`] as Float32Array)
        of(found).forEach((gradient, row) => {
          if (row === hostileRow) expect(gradient.some(Number.isNaN), name).toBe(true)
          else expect(gradient, name).toEqual(of(clean)[row])
        })
      }
    })

    it.each(['input', 'forget', 'candidate', 'output'])(
      'a NaN that only the %s gate of a cell receives is in its gradient',
      name => {
        const column = ['input', 'forget', 'candidate', 'output'].indexOf(name) * shape.units
        // One step, since later ones would spread it to all gates.
        const single = makeValues({ ...shape, steps: 1 }, flags, 1)
        const bias = single.bias as Value
        const poisoned = { ...single, bias: { ...bias, values: bias.values.with(column, Number.NaN) } }
        const found = everythingOf(fusedLstm, poisoned, flags)
        expect(found['the gradient of bias']?.[column]).toBeNaN()
      },
    )

    it.each([Infinity, -Infinity, 1e38, -1e38])(
      '%d is answered within ±1 or as NaN, the others left alone',
      hostile => {
        const clean = rows(runOf(values, flags))
        rows(runOf(withOne(values, hostile), flags)).forEach((found, row) => {
          if (row === hostileRow) expect(found.every(value => Number.isNaN(value) || Math.abs(value) <= 1)).toBe(true)
          else expect(found).toEqual(clean[row])
        })
        expect(() => everythingOf(fusedLstm, withOne(values, hostile), flags)).not.toThrow()
      },
    )

    it('the largest numbers everywhere are answered', () => {
      const huge = mapNamed(values, one => ({ ...one, values: one.values.map(value => Math.sign(value) * 3e38) }))
      expect(runOf(huge, flags).every(value => Number.isNaN(value) || Math.abs(value) <= 1)).toBe(true)
    })
  })
})

it('without tensors, a NaN is answered with NaN and gone with the next call', () => {
  const single = makeValues({ ...shape, batch: 1 }, {}, 1)
  const { x, kernel, recurrentKernel } = mapNamed(single, one => one.values)
  const network = directLstm({ kernel, recurrentKernel })
  const clean = network.run(x).slice()
  expect(network.run(x.with(0, Number.NaN)).every(Number.isNaN)).toBe(true)
  expect(network.run(x)).toEqual(clean)
  for (const hostile of [Infinity, -Infinity, 1e38]) {
    const found = network.run(x.with(4, hostile))
    expect(found.every(value => Number.isNaN(value) || Math.abs(value) <= 1)).toBe(true)
  }
})
