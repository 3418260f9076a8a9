import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { directLstm, lstm, quickenShuffle } from '@candlewatch/lstm'
import * as tf from '@tensorflow/tfjs-core'
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers'
import '@tensorflow/tfjs-backend-wasm'
import { Command } from 'commander'
import { atLeast, median } from './figures.ts'
import { type TorchCase, timeTorch } from './torch.ts'

/** One call of one contestant, which returns once its result is available. */
type Call = () => unknown

interface Case extends TorchCase {
  /** The required speed relative to stock TF.js. */
  readonly mark: number
  ours(): Call
  stock(): Call
}

interface Result {
  readonly name: string
  readonly oursMs: number
  readonly stockMs: number
  readonly ratio: number
  readonly torchMs: number | null
}

const features = 13

function model(layer: typeof lstm | typeof layers.lstm, units: number, steps: number): LayersModel {
  const built = sequential({
    layers: [
      layer({
        units,
        inputShape: [steps, features],
        recurrentActivation: 'sigmoid',
        // The default, orthogonal, needs more of TF.js than core and layers.
        recurrentInitializer: 'glorotUniform',
      }) as ReturnType<typeof layers.lstm>,
      layers.dense({ units: 1 }),
    ],
  })
  built.compile({ optimizer: tf.train.adam(), loss: 'meanSquaredError' })
  return built
}

function predict(name: string, windows: number, units: number, steps: number, mark: number): Case {
  const call = (layer: typeof lstm | typeof layers.lstm) => () => {
    const network = model(layer, units, steps)
    const x = tf.randomNormal([windows, steps, features])
    return () => tf.tidy(() => (network.predict(x, { batchSize: windows }) as tf.Tensor).dataSync())
  }
  const torchCalls = windows === 1 ? 200 : 1
  return {
    name,
    windows,
    steps,
    features,
    units,
    batch: 0,
    torchCalls,
    mark,
    ours: call(lstm),
    stock: call(layers.lstm),
  }
}

function train(name: string, units: number, steps: number, batch: number, mark: number): Case {
  const windows = 1024
  const call = (layer: typeof lstm | typeof layers.lstm) => () => {
    const network = model(layer, units, steps)
    const x = tf.randomNormal([windows, steps, features])
    const y = tf.randomNormal([windows, 1])
    return () => network.fit(x, y, { batchSize: batch, epochs: 1, verbose: 0 })
  }
  return {
    name,
    windows,
    steps,
    features,
    units,
    batch,
    torchCalls: 2,
    mark,
    ours: call(lstm),
    stock: call(layers.lstm),
  }
}

const single = predict('predict-1-model', 1, 32, 24, 40)

const cases: readonly Case[] = [
  single,
  {
    ...single,
    name: 'predict-1-direct',
    mark: 150,
    ours() {
      const network = model(lstm, single.units, single.steps)
      const [kernel, recurrentKernel, bias] = network.getWeights().map(weight => weight.dataSync<'float32'>())
      const direct = directLstm({ kernel, recurrentKernel, bias } as Parameters<typeof directLstm>[0])
      const x = tf.randomNormal([single.steps, features]).dataSync<'float32'>()
      return () => direct.run(x)
    },
  },
  predict('predict-1024', 1024, 64, 48, 4),
  train('train-32x24', 32, 24, 256, 8),
  train('train-64x48', 64, 48, 64, 8),
]

// Long enough for the compilers behind JavaScript and WebAssembly to have done what they do; the same for both.
const warmUpMs = 500
const runMs = 250

/** Returns medians of alternating runs, so that other load on the machine affects both. */
async function time({ ours, stock }: Case, runs: number): Promise<{ oursMs: number; stockMs: number }> {
  const contestants = [ours(), stock()].map(call => ({ call, ms: [] as number[] }))
  for (const { call } of contestants) await millisecondsOf(call, warmUpMs)
  for (let run = 0; run < runs; run++) {
    for (const { call, ms } of contestants) ms.push(await millisecondsOf(call, runMs))
  }
  const [oursMs, stockMs] = contestants.map(({ ms }) => median(ms)) as [number, number]
  return { oursMs, stockMs }
}

/** Returns the time of one call, as the mean over as many calls as fit into a time, at least one. */
async function millisecondsOf(call: Call, withinMs: number): Promise<number> {
  const start = performance.now()
  let calls = 0
  do {
    const pending = call()
    if (pending instanceof Promise) await pending
    calls++
  } while (performance.now() - start < withinMs)
  return (performance.now() - start) / calls
}

function row(cells: readonly string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(18) : cell.padStart(12))).join('')
}

const milliseconds = (ms: number | null) => (ms === null ? '–' : ms.toPrecision(ms < 10 ? 3 : 4))

const program = new Command()
  .name('npm run bench:lstm --')
  .description(
    "The fused LSTM compared with TF.js's own on its wasm backend, and with PyTorch on one thread where python3 has it.",
  )
  .option('--runs <count>', 'timed runs of each; the median counts; at least 5', atLeast(5), 7)
  .option('--json <file>', 'also write the table as JSON')
  .parse()

const { runs, json } = program.opts<{ runs: number; json?: string }>()
await tf.setBackend('wasm')
await tf.ready()
// Serves both; the stock layer gains two percent of its epoch by it.
quickenShuffle()
console.log(`Node ${process.version}, ${cpus()[0]?.model}; TF.js ${tf.version_core}, wasm; medians of ${runs} runs`)
const torch = timeTorch(cases, runs)
console.log(
  torch
    ? `PyTorch ${torch.version} of ${torch.python}, one thread`
    : 'No python3 here has torch: its column stays empty.',
)
console.log(row(['', 'fused ms', 'TF.js ms', 'ratio', 'mark', 'torch ms', 'torch/fused']))

const results: Result[] = []
for (const one of cases) {
  const { oursMs, stockMs } = await time(one, runs)
  const torchMs = torch?.ms[one.name] ?? null
  const ratio = stockMs / oursMs
  results.push({ name: one.name, oursMs, stockMs, ratio, torchMs })
  const torchRatio = torchMs === null ? '–' : `${(torchMs / oursMs).toFixed(1)}×`
  const cells = [milliseconds(oursMs), milliseconds(stockMs), `${ratio.toFixed(1)}×`, `≥ ${one.mark}×`]
  console.log(row([one.name, ...cells, milliseconds(torchMs), torchRatio]))
}
if (json) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`)
