import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { env, setBackend } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { fusedLstm } from './index.ts'
import { plainLstm } from './plain.suite.ts'
import {
  describeCase,
  everythingOf,
  type Flags,
  makeValues,
  relativeErrors,
  type Shape,
  seededFloats,
} from './problem.suite.ts'

// So TF.js checks of every kernel that it leaves no data behind, and doesn't advertise its native binding.
env().set('IS_TEST', true)

type Case = readonly [name: string, shape: Shape, flags: Flags, seed: number]

const manyUnits = [1, 3, 4, 5, 8, 17, 32]
const manyFeatures = [1, 2, 5, 13]
const manySteps = [1, 2, 7]

/** Every number of units with every batch; features, steps and flags by lot. */
function casesOf(batches: readonly number[]): Case[] {
  const shapes = manyUnits.flatMap(units => batches.map(batch => ({ units, batch })))
  return shapes.map((shape, i) => {
    const lots = [...seededFloats(6, i + 1)]
    const draw = <T>(of: readonly T[]) => of[Math.floor((((lots.pop() as number) + 1) / 2) * of.length)] as T
    const whole = { ...shape, features: draw(manyFeatures), steps: draw(manySteps) }
    const on = () => draw([true, false])
    const flags = { hardSigmoid: on(), returnSequences: on(), bias: on(), initialState: on() }
    return [describeCase(whole, flags), whole, flags, i + 1]
  })
}

describe.each([
  ['wasm', casesOf([1, 2, 5, 64, 65, 130])],
  ['cpu', [...casesOf([1, 2]), ...casesOf([65]).slice(2, 4)]],
])('on %s, outputs and gradients of every input equal those of plain operations', (backend, cases) => {
  beforeAll(async () => {
    await setBackend(backend)
  })

  it.each(cases)('%s', (_name, shape, flags, seed) => {
    const values = makeValues(shape, flags, seed)
    const errors = relativeErrors(everythingOf(fusedLstm, values, flags), everythingOf(plainLstm, values, flags))
    // The output, the last cell, and a gradient for each of three inputs at least.
    expect(Object.keys(errors).length).toBe(5 + Number(flags.bias) + 2 * Number(flags.initialState))
    for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(1e-4)
  })
})
