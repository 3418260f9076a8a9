import { basename, dirname, resolve } from 'node:path'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Manifest } from '@candlewatch/core/forecast/artifact'
import { formatInterval } from '@candlewatch/core/interval'
import { dayMs } from '@candlewatch/core/time'
import type { Series } from '@candlewatch/core/types'

/** The options that choose a model: a version folder, else the newest of a name. */
export interface ModelChoice {
  readonly model?: string
  readonly models: string
  readonly name: string
}

/** Returns folder, name and version of a model; its path is models/NAME/VERSION/. */
export function placeOf({ model, models, name }: ModelChoice): [modelsDir: string, name: string, version?: string] {
  if (model === undefined) return [resolve(models), name]
  const folder = resolve(model)
  return [dirname(dirname(folder)), basename(dirname(folder)), basename(folder)]
}

/** Throws ERR_MODEL_SHAPE for rows of another interval than the model's. */
export function refuseOtherInterval({ name, version, interval }: Manifest, series: Series): void {
  const found = formatInterval(series.intervalMs)
  if (interval === null || found === interval) return
  const message = `Model ${name} ${version}: expected rows of ${interval}, found ${found} in ${series.name}. Give such rows, or another --model.`
  throw new CandlewatchError('ERR_MODEL_SHAPE', message)
}

/** Returns the midnight after the last training row, epoch ms: from there on the model has seen nothing. */
export function dayAfter(isoOpen: string): number {
  return Math.floor(Date.parse(isoOpen) / dayMs + 1) * dayMs
}
