import '@tensorflow/tfjs-backend-wasm'
import { io, serialization, setBackend, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core'
import {
  input,
  type LayersModel,
  layers,
  loadLayersModel,
  model,
  type Sequential,
  sequential,
} from '@tensorflow/tfjs-layers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { FusedLstm, registerFusedLstm } from './index.ts'
import { numbers, relativeError, seededFloats } from './problem.suite.ts'
import { type MakeLstm, seeded, twins } from './twins.suite.ts'

const [steps, features] = [5, 3] as const
const Stock = layers.lstm({ units: 1 }).constructor as Parameters<typeof serialization.registerClass>[0]

// TF.js warns of every state that is an input, though it saves and loads them well.
vi.spyOn(console, 'warn').mockReturnValue()

beforeAll(async () => {
  await setBackend('wasm')
})
afterEach(() => {
  serialization.registerClass(Stock)
})

const builds: Record<string, (lstm: MakeLstm) => LayersModel> = {
  'a stack': (lstm): Sequential =>
    sequential({
      name: 'stack',
      layers: [
        lstm({ name: 'first', units: 6, returnSequences: true, inputShape: [steps, features], ...seeded(1) }),
        lstm({ name: 'second', units: 5, recurrentActivation: 'sigmoid', goBackwards: true, ...seeded(4) }),
        layers.dense({ name: 'last', units: 2, kernelInitializer: seeded(7).kernelInitializer }),
      ],
    }),
  'a graph with states': lstm => {
    const x = input({ shape: [steps, features], name: 'x' })
    const [, hidden, cell] = lstm({ name: 'first', units: 4, returnState: true, ...seeded(1) }).apply(x) as Symbolic[]
    const last = lstm({ name: 'second', units: 4, useBias: false, ...seeded(4) })
    return model({ name: 'graph', inputs: x, outputs: last.apply([x, hidden, cell] as Symbolic[]) as Symbolic })
  },
}

type Symbolic = ReturnType<typeof input>

async function artifactsOf(of: LayersModel): Promise<io.ModelArtifacts> {
  let saved: io.ModelArtifacts | null = null
  const keep = io.withSaveHandler(async artifacts => {
    saved = artifacts
    return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) }
  })
  await of.save(keep)
  return saved as unknown as io.ModelArtifacts
}

const load = (artifacts: io.ModelArtifacts) => loadLayersModel(io.fromMemory(artifacts))

function predict(of: LayersModel): Float32Array {
  return tidy(() => numbers(of.predict(tensor(seededFloats(8 * steps * features, 9), [8, steps, features])) as Tensor))
}

const lstmsOf = (of: LayersModel) => of.layers.filter(layer => layer.getClassName() === 'LSTM')

describe.each(Object.keys(builds))('%s', name => {
  const build = builds[name] as (typeof builds)[string]

  it('saved with the fused layer loads with the stock layer and predicts the same', async () => {
    const { fused } = twins(build)
    const loaded = await load(await artifactsOf(fused))
    expect(lstmsOf(loaded)).toHaveLength(2)
    for (const layer of lstmsOf(loaded)) expect(layer).not.toBeInstanceOf(FusedLstm)
    expect(relativeError(predict(loaded), predict(fused))).toBeLessThan(1e-4)
  })

  it('saved with the stock layer loads, once it is registered, with the fused one and predicts the same', async () => {
    const { stock } = twins(build)
    const artifacts = await artifactsOf(stock)
    registerFusedLstm()
    const loaded = await load(artifacts)
    expect(lstmsOf(loaded)).toHaveLength(2)
    for (const layer of lstmsOf(loaded)) expect(layer).toBeInstanceOf(FusedLstm)
    expect(relativeError(predict(loaded), predict(stock))).toBeLessThan(1e-4)
  })

  it('the saved model is the same with either layer, registered or not', async () => {
    const { fused, stock } = twins(build)
    const expected = saved(await artifactsOf(stock))
    expect(JSON.stringify(expected.topology)).toContain('"class_name":"LSTM"')
    expect(saved(await artifactsOf(fused))).toEqual(expected)
    registerFusedLstm()
    expect(saved(await artifactsOf(fused))).toEqual(expected)
  })

  it('saved and loaded again, the fused layer predicts the same bits', async () => {
    const { fused } = twins(build)
    registerFusedLstm()
    const loaded = await load(await artifactsOf(fused))
    expect(predict(loaded)).toEqual(predict(fused))
  })
})

/** Names get a number where one was taken. */
function saved({ modelTopology, weightSpecs, weightData }: io.ModelArtifacts) {
  return {
    topology: modelTopology as object,
    weights: weightSpecs?.map(spec => ({ ...spec, name: spec.name.replace(/_\d+$/, '') })),
    bytes: new Uint8Array(io.CompositeArrayBuffer.join(weightData as ArrayBuffer)),
  }
}
