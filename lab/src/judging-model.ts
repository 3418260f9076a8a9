import { basename, dirname, resolve } from 'node:path'
import { listArtifacts, readArtifact } from '@candlewatch/adapters/models/model-files'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type Manifest, parseManifest } from '@candlewatch/core/forecast/artifact'
import { chooseModel, mainModel, trainedTo } from '@candlewatch/core/forecast/model-choice'
import { formatInterval } from '@candlewatch/core/interval'
import { dayMs, type Stream } from '@candlewatch/core/time'
import type { Series } from '@candlewatch/core/types'

/** The options that choose a model: a version folder, the newest of a name, or else what a server would choose. */
export interface ModelChoice {
  readonly model?: string
  readonly models: string
  readonly name?: string
}

/** Folder, name and version of a model; its path is models/NAME/VERSION/. */
type Place = [modelsDir: string, name: string, version?: string]

/**
 * Returns the place of the model that judges a stream. Without a version folder and a name it is chosen among the newest
 * versions of all names, by the rule of a server that has promoted those.
 */
export async function placeFor({ model, models, name }: ModelChoice, stream: Stream): Promise<Place> {
  if (model !== undefined) {
    const folder = resolve(model)
    return [dirname(dirname(folder)), basename(dirname(folder)), basename(folder)]
  }
  const modelsDir = resolve(models)
  if (name !== undefined) return [modelsDir, name]
  const names = [...new Set((await listArtifacts(modelsDir)).map(one => one.name))]
  const artifacts = await Promise.all(names.map(one => readArtifact(modelsDir, one)))
  const chosen = chooseModel(
    stream,
    artifacts.map(one => ({ manifest: parseManifest(one.manifestJson) })).filter(isUsable),
  )
  return [modelsDir, chosen?.model.manifest.name ?? mainModel]
}

/** A version that was not fitted on its newest rows is a server's, which its trial has not promoted. */
const isUsable = ({ manifest }: { readonly manifest: Manifest }) =>
  manifest.name === mainModel || manifest.training.refitted

/** Throws ERR_MODEL_SHAPE for rows of another interval than the model's. */
export function refuseOtherInterval({ name, version, interval }: Manifest, series: Series): void {
  const found = formatInterval(series.intervalMs)
  if (interval === null || found === interval) return
  const message = `Model ${name} ${version}: expected rows of ${interval}, found ${found} in ${series.name}. Give such rows, or another --model.`
  throw new CandlewatchError('ERR_MODEL_SHAPE', message)
}

/** Returns the midnight after the last training row, epoch ms: from there on the model has seen nothing of the market. */
export function dayAfter(manifest: Manifest, { market }: Pick<Series, 'market'>): number {
  const last = trainedTo(manifest, market)
  return last === null ? 0 : Math.floor(Date.parse(last) / dayMs + 1) * dayMs
}
