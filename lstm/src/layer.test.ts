import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { setBackend, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core'
import { input, type LayersModel, layers, model, type SequentialArgs, sequential } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { FusedLstm, type LstmConfig } from './index.ts'
import { numbers, relativeError, seededFloats } from './problem.suite.ts'
import { everythingOfModel, type MakeLstm, seeded, twins } from './twins.suite.ts'

const [batch, steps, features] = [5, 6, 3] as const
const makeX = (seed = 1, shape: number[] = [batch, steps, features]) =>
  tensor(
    seededFloats(
      shape.reduce((product, size) => product * size, 1),
      seed,
      2,
    ),
    shape,
  )

beforeAll(async () => {
  await setBackend('wasm')
})

describe('the layer looks like the stock one', () => {
  const configs: readonly LstmConfig[] = [
    { units: 4 },
    { units: 3, recurrentActivation: 'sigmoid', returnSequences: true, goBackwards: true, useBias: false },
    { units: 5, returnState: true, unitForgetBias: false, dropout: 0.1, recurrentDropout: 0.2, activation: 'relu' },
    { units: 2, stateful: true, batchInputShape: [batch, steps, features], kernelRegularizer: 'l1l2', unroll: true },
    { units: 2, implementation: 2, kernelConstraint: 'nonNeg', trainable: false },
  ]

  it.each(configs)('config, weights and shapes of %j', config => {
    const { fused, stock } = twins(make => {
      const layer = make({ name: 'memory', ...config, ...seeded(1) })
      layer.apply(input({ batchShape: [config.stateful ? batch : null, steps, features] }))
      const withoutNumber = (name: string) => name.replace(/_\d+/g, '')
      return {
        className: layer.getClassName(),
        config: layer.getConfig(),
        weights: layer.weights.map(one => [withoutNumber(one.name), withoutNumber(one.originalName), one.shape]),
        trainable: layer.trainableWeights.length,
        values: layer.getWeights().map(numbers),
        parameters: layer.countParams(),
        outputShape: layer.computeOutputShape([batch, steps, features]),
        sequencesOutputShape: layer.computeOutputShape([null, 9, features]),
      }
    })
    expect(fused).toEqual(stock)
  })

  it('a config makes the layer that it came from', () => {
    const config = { units: 3, goBackwards: true, ...seeded(1) }
    const { fused } = twins(make => make(config))
    const again = new FusedLstm(fused.getConfig() as unknown as LstmConfig)
    expect(again).toBeInstanceOf(FusedLstm)
    expect(again.getConfig()).toEqual(fused.getConfig())
  })
})

/** How models are built of LSTM layers; inputs in addition to the sequences have the given shapes. */
const builds: Record<string, (lstm: MakeLstm) => LayersModel> = {
  'hard sigmoid, the default': lstm => stack(lstm({ units: 4, ...seeded(1) })),
  sigmoid: lstm => stack(lstm({ units: 5, recurrentActivation: 'sigmoid', ...seeded(1) })),
  'all steps': lstm => stack(lstm({ units: 3, returnSequences: true, ...seeded(1) })),
  'backwards in time': lstm => stack(lstm({ units: 4, goBackwards: true, ...seeded(1) })),
  'backwards in time, all steps': lstm =>
    stack(lstm({ units: 4, goBackwards: true, returnSequences: true, ...seeded(1) })),
  'no bias': lstm => stack(lstm({ units: 4, useBias: false, ...seeded(1) })),
  'two layers': lstm =>
    stack(
      lstm({ units: 8, returnSequences: true, ...seeded(1) }),
      lstm({ units: 3, recurrentActivation: 'sigmoid', ...seeded(4) }),
    ),
  'states returned': lstm => functional(x => lstm({ units: 4, returnState: true, ...seeded(1) }).apply(x)),
  'all steps and states returned': lstm =>
    functional(x => lstm({ units: 4, returnState: true, returnSequences: true, ...seeded(1) }).apply(x)),
  'one layer starts with the states of another': lstm =>
    functional(x => {
      const [, hidden, cell] = lstm({ units: 4, returnState: true, ...seeded(1) }).apply(x) as Symbolic[]
      return lstm({ units: 4, ...seeded(4) }).apply(x, { initialState: [hidden, cell] })
    }),
  'one layer used twice': lstm =>
    functional(x => {
      const layer = lstm({ units: features, returnSequences: true, ...seeded(1) })
      return layer.apply(layer.apply(x))
    }),
  'in a bidirectional wrapper': lstm =>
    stack(layers.bidirectional({ layer: lstm({ units: 4, ...seeded(1) }) as never, mergeMode: 'concat' })),
  'with a regularizer': lstm => stack(lstm({ units: 4, kernelRegularizer: 'l1l2', ...seeded(1) })),
  'rectified instead of squashed': lstm => stack(lstm({ units: 4, activation: 'relu', ...seeded(1) })),
  'gates of tanh': lstm => stack(lstm({ units: 4, recurrentActivation: 'tanh', ...seeded(1) })),
}

type AnyLayer = NonNullable<SequentialArgs['layers']>[number]
type Symbolic = ReturnType<typeof input>

function stack(...of: AnyLayer[]): LayersModel {
  return sequential({ layers: [layers.inputLayer({ inputShape: [steps, features] }), ...of] })
}

function functional(wire: (x: Symbolic) => unknown): LayersModel {
  const x = input({ shape: [steps, features] })
  return model({ inputs: x, outputs: wire(x) as Symbolic[] })
}

function expectAgreement(found: Float32Array[], expected: Float32Array[]): void {
  expect(found).toHaveLength(expected.length)
  found.forEach((one, i) => {
    expect(relativeError(one, expected[i] as Float32Array), `number ${i}`).toBeLessThan(1e-4)
  })
}

describe.each(['wasm', 'cpu'])('on %s, outputs and gradients are the stock layer’s', backend => {
  beforeAll(async () => {
    await setBackend(backend)
    return async () => {
      await setBackend('wasm')
    }
  })

  it.each(Object.keys(builds))('%s', name => {
    const { fused, stock } = twins(builds[name] as (lstm: MakeLstm) => LayersModel)
    expectAgreement(everythingOfModel(fused, [makeX()]), everythingOfModel(stock, [makeX()]))
  })
})

it('initial states are inputs like any other', () => {
  const { fused, stock } = twins(lstm => {
    const x = input({ shape: [steps, features] })
    const [hidden, cell] = [input({ shape: [4] }), input({ shape: [4] })]
    const outputs = lstm({ units: 4, ...seeded(1) }).apply(x, { initialState: [hidden, cell] }) as Symbolic
    return model({ inputs: [x, hidden, cell], outputs })
  })
  const inputs = [makeX(), makeX(2, [batch, 4]), makeX(3, [batch, 4])]
  expectAgreement(everythingOfModel(fused, inputs), everythingOfModel(stock, inputs))
})

it('steps that are masked are left out, as by the stock layer', () => {
  const { fused, stock } = twins(lstm => stack(layers.masking({ maskValue: 0 }), lstm({ units: 4, ...seeded(1) })))
  const x = tidy(() => {
    const values = numbers(makeX())
    return tensor(values.fill(0, 2 * features, 5 * features), [batch, steps, features])
  })
  expectAgreement([tidy(() => numbers(fused.predict(x) as Tensor))], [tidy(() => numbers(stock.predict(x) as Tensor))])
})

it('a sequence of whole numbers is answered as by the stock layer', () => {
  const { fused, stock } = twins(lstm => stack(lstm({ units: 4, ...seeded(1) })))
  const x = tensor(
    Array.from({ length: batch * steps * features }, (_, i) => i % 3),
    [batch, steps, features],
    'int32',
  )
  const predict = (of: LayersModel) => tidy(() => numbers(of.apply(x) as Tensor))
  expectAgreement([predict(fused)], [predict(stock)])
})

it('dropout drops while training alone', () => {
  const { fused, stock } = twins(lstm => stack(lstm({ units: 16, dropout: 0.5, recurrentDropout: 0.5, ...seeded(1) })))
  const expected = everythingOfModel(stock, [makeX()], false)
  expectAgreement(everythingOfModel(fused, [makeX()], false), expected)
  const trained = everythingOfModel(fused, [makeX()], true)
  expect(trained.flatMap(one => [...one]).every(Number.isFinite)).toBe(true)
  expect(relativeError(trained[0] as Float32Array, expected[0] as Float32Array)).toBeGreaterThan(0.01)
})

describe('a stateful layer', () => {
  const build = (flags: Partial<LstmConfig>) =>
    twins(lstm => {
      const layer = lstm({
        units: 4,
        stateful: true,
        batchInputShape: [batch, steps, features],
        ...seeded(1),
        ...flags,
      })
      return { layer, whole: sequential({ layers: [layer] }) }
    })
  const history = ({ whole }: ReturnType<typeof build>['fused'], training: boolean) => {
    const turn = (seed: number) => tidy(() => numbers(whole.apply(makeX(seed), { training }) as Tensor))
    const first = [turn(1), turn(2), turn(3)]
    whole.resetStates()
    return [...first, turn(1), turn(4)]
  }

  it.each([
    [{}, false],
    [{}, true],
    [{ returnSequences: true }, false],
    [{ goBackwards: true }, false],
  ] as const)(
    'goes on from its last state until it is reset, as the stock one does: %j, training %s',
    (flags, training) => {
      const { fused, stock } = build(flags)
      const found = history(fused, training)
      expectAgreement(found, history(stock, training))
      expect(found[3]).toEqual(found[0])
      expect(found[1]).not.toEqual(found[0])
    },
  )

  it('starts from the states that it is given', () => {
    const { fused, stock } = build({})
    const run = ({ layer, whole }: typeof fused) => {
      layer.resetStates([makeX(5, [batch, 4]), makeX(6, [batch, 4])])
      return tidy(() => numbers(whole.predict(makeX(1)) as Tensor))
    }
    expectAgreement([run(fused)], [run(stock)])
  })
})

it('the kernel is used where it can be, and the steps of the stock layer elsewhere', () => {
  const calls = (flags: Partial<LstmConfig>, training = false) => {
    const { fused } = twins(lstm => lstm({ units: 4, ...seeded(1), ...flags }))
    const steps = vi.spyOn((fused as unknown as { cell: { call(): void } }).cell, 'call')
    tidy(() => void fused.apply(makeX(), { training }))
    return steps.mock.calls.length
  }
  expect(calls({})).toBe(0)
  expect(calls({}, true)).toBe(0)
  expect(calls({ recurrentActivation: 'sigmoid', goBackwards: true, returnState: true })).toBe(0)
  expect(calls({ dropout: 0.5 }, false)).toBe(0)
  expect(calls({ dropout: 0.5 }, true)).toBe(steps)
  expect(calls({ activation: 'relu' })).toBe(steps)
  expect(calls({ recurrentActivation: 'tanh' })).toBe(steps)
})
