import * as tf from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import { z } from 'zod'
import { CandlewatchError } from '../errors.ts'
import { featureSetOf, type SeasonByHour } from '../features/any-market.ts'
import { readInterval } from '../interval.ts'
import type { Forecaster, Ms } from '../types.ts'
import { lstm } from './lstm.ts'
import type { NaiveParameters } from './naive.ts'

/** A model as it lies in a folder: TF.js layers format, and what makes its numbers mean something. */
export interface Artifact {
  readonly manifestJson: string
  readonly modelJson: string
  readonly weights: Uint8Array
}

const metrics = z.object({
  bars: z.number(),
  from: z.string(),
  to: z.string(),
  high: z.object({ mae: z.number(), baselineMae: z.number(), coverage90: z.number() }),
  low: z.object({ mae: z.number(), baselineMae: z.number(), coverage90: z.number() }),
})

const scores = z.array(z.number())
const residualCalibration = z.object({
  /** The usual miss over S, until the engine has seen its own. */
  residualOverScale: z.number().positive(),
  /** Scores of the residual detector, oldest first. */
  residual: scores,
})
const intervals = z.object({ up: scores, down: scores })
/** The range, wick, move and volume of each bar as the checks of the feed see them, oldest first. */
const feedCalibration = z.array(z.tuple([z.number(), z.number(), z.number(), z.number()]).readonly()).readonly()
const calibration = z.object({
  model: residualCalibration,
  naive: residualCalibration,
  /** The widening that each 90 % range would have needed, in units of S, oldest first. */
  intervals: z.object({ model: intervals, naive: intervals }),
  feed: feedCalibration,
})

export type FeedCalibration = readonly (readonly [range: number, wick: number, move: number, volume: number])[]
export type Calibration = Readonly<z.infer<typeof calibration>>

/** A series of a training of several, and its errors over the rows that validated it, in percent of the price. */
const trainedSeries = z.object({
  market: z.string(),
  interval: z.string(),
  from: z.string(),
  to: z.string(),
  bars: z.number(),
  validationFrom: z.string(),
  /** Mean absolute error of high and low; null for a series that only helped to learn. */
  mae: z.number().nullable(),
  baselineMae: z.number().nullable(),
})
export type TrainedSeries = z.infer<typeof trainedSeries>

export const manifestSchema = z.object({
  format: z.literal(4),
  name: z.string(),
  version: z.string(),
  /** The stream that it was trained for; null for a model of any market and any interval. */
  market: z.string().nullable(),
  interval: z.string().nullable(),
  createdAt: z.string(),
  /** sha256 over model.json, then weights.bin, hexadecimal. */
  sha256: z.string(),
  network: z.object({
    kind: z.literal('lstm'),
    lookback: z.int().positive(),
    /** Units of all members together. */
    units: z.int().positive(),
    /** Networks of other seeds, side by side in one layer. */
    members: z.int().positive(),
    parameters: z.int().positive(),
    targets: z.array(z.string()),
    quantiles: z.array(z.number()),
  }),
  features: z.object({ name: z.string(), version: z.number(), features: z.array(z.string()) }),
  /** Fitted on the training window, used ever after. */
  scale: z.object({
    /** null: learned from each stream while it runs. */
    seasonByHour: z.array(z.number()).length(24).nullable(),
    naive: z.object({ up: z.number(), down: z.number() }),
  }),
  training: z.object({
    from: z.string(),
    to: z.string(),
    bars: z.number(),
    validationFrom: z.string(),
    /** Each series that it learned from; absent where that is the one of its market. */
    series: z.array(trainedSeries).optional(),
    seed: z.number(),
    epochs: z.number(),
    batchSize: z.number(),
    learningRate: z.number(),
    weighting: z.enum(['scale', 'root scale']),
    averaging: z.number(),
    /** Share of the loss that followed boosted trees and an LSTM that had not seen the sample. */
    distillation: z.number(),
    /** Fitted once more, on all rows, after validation. */
    refitted: z.boolean(),
    backend: z.string(),
    seconds: z.number(),
    /** One member after another. */
    losses: z.array(z.object({ epoch: z.number(), training: z.number(), validation: z.number().nullable() })),
    /** The epoch that each member kept. */
    kept: z.array(z.number()),
  }),
  /** Over the validation window, which no weight was fitted on; of any market in percent of the price. */
  metrics,
  /** So that the first live bar already has a p-value: the last scores of the validation window, oldest first. */
  calibration,
})

export type Manifest = z.infer<typeof manifestSchema>

/** All that an engine needs to forecast and to judge. */
export interface Model {
  readonly name: string
  readonly version: string
  /** The length of the bars that it was trained on: null for several, that of the stream's where it is not stated. */
  readonly intervalMs?: Ms | null
  readonly forecaster: Forecaster
  readonly seasonByHour: SeasonByHour
  readonly naive: NaiveParameters
  readonly calibration: Calibration
}

/** Throws ERR_MODEL_MANIFEST, ERR_MODEL_HASH or ERR_MODEL_SHAPE, each with the reason; a backend must have been started. */
export async function loadModel(artifact: Artifact): Promise<Model> {
  const manifest = parseManifest(artifact.manifestJson)
  const label = `${manifest.name} ${manifest.version}`
  const found = await hashOf(artifact.modelJson, artifact.weights)
  if (found !== manifest.sha256) {
    throw new CandlewatchError(
      'ERR_MODEL_HASH',
      `Model ${label}: expected sha256 ${manifest.sha256} over model.json and weights.bin, found ${found}. ` +
        'A file was changed or cut off; restore the folder or train again.',
    )
  }
  const featureSet = featureSetOf(manifest.scale.seasonByHour)
  if (JSON.stringify(manifest.features) !== JSON.stringify(featureSet)) {
    throw new CandlewatchError(
      'ERR_MODEL_SHAPE',
      `Model ${label} was trained on features "${manifest.features.name}" version ${manifest.features.version}; ` +
        `this program computes "${featureSet.name}" version ${featureSet.version}. Train it again.`,
    )
  }
  const shape = { ...manifest.network, features: manifest.features.features.length }
  return {
    name: manifest.name,
    version: manifest.version,
    intervalMs: manifest.interval === null ? null : readInterval(manifest.interval),
    forecaster: lstm(await readNetwork(artifact), shape),
    seasonByHour: manifest.scale.seasonByHour,
    naive: manifest.scale.naive,
    calibration: manifest.calibration,
  }
}

export function parseManifest(json: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(json))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)
    throw new CandlewatchError(
      'ERR_MODEL_MANIFEST',
      `The model's manifest.json cannot be read: ${why}. Train it again.`,
      {
        cause,
      },
    )
  }
}

async function readNetwork({ modelJson, weights }: Artifact): Promise<layers.LayersModel> {
  const { modelTopology, weightsManifest } = JSON.parse(modelJson) as tf.io.ModelJSON
  const weightSpecs = weightsManifest.flatMap(group => group.weights)
  return layers.loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs, weightData: weights.slice().buffer as ArrayBuffer }),
  )
}

/** The network's files, in the format that `tf.loadLayersModel` reads, and their hash. */
export async function writeNetwork(
  network: layers.LayersModel,
): Promise<{ modelJson: string; weights: Uint8Array; sha256: string }> {
  let saved: tf.io.ModelArtifacts = {}
  const handler = tf.io.withSaveHandler(async artifacts => {
    saved = artifacts
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
  })
  await network.save(handler)
  const weights = new Uint8Array(tf.io.CompositeArrayBuffer.join(saved.weightData))
  const modelJson = JSON.stringify(
    {
      format: 'layers-model',
      generatedBy: 'Candlewatch',
      convertedBy: null,
      modelTopology: saved.modelTopology,
      weightsManifest: [{ paths: ['weights.bin'], weights: saved.weightSpecs }],
    },
    null,
    1,
  )
  return { modelJson, weights, sha256: await hashOf(modelJson, weights) }
}

// Web Crypto stands in browsers and in Node alike; only its types belong to either.
declare const crypto: { subtle: { digest(algorithm: 'SHA-256', bytes: Uint8Array): Promise<ArrayBuffer> } }
declare const TextEncoder: new () => { encode(text: string): Uint8Array }

async function hashOf(modelJson: string, weights: Uint8Array): Promise<string> {
  const json = new TextEncoder().encode(modelJson)
  const all = new Uint8Array(json.length + weights.length)
  all.set(json)
  all.set(weights, json.length)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', all))
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
}
