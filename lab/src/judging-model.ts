import { basename, dirname, resolve } from 'node:path'
import { CandlewatchError } from '@candlewatch/core/errors'
import type { Manifest } from '@candlewatch/core/forecast/artifact'
import { formatInterval } from '@candlewatch/core/interval'
import { dayMs } from '@candlewatch/core/time'
import type { Series } from '@candlewatch/core/types'

/** Which model judges past rows: a version folder, else the newest of a name. */
export interface ModelChoice {
  readonly model?: string
  readonly models: string
  readonly name: string
}

/** models/NAME/VERSION/ is how a model lies, so that its folder says all three. */
export function placeOf({ model, models, name }: ModelChoice): [modelsDir: string, name: string, version?: string] {
  if (model === undefined) return [resolve(models), name]
  const folder = resolve(model)
  return [dirname(dirname(folder)), basename(dirname(folder)), basename(folder)]
}

/** Throws ERR_MODEL_SHAPE for rows of another interval than the model's. */
export function refuseOtherInterval({ name, version, interval }: Manifest, series: Series): void {
  const found = formatInterval(series.intervalMs)
  if (found === interval) return
  const message = `Model ${name} ${version}: expected rows of ${interval}, found ${found} in ${series.name}. Give such rows, or another --model.`
  throw new CandlewatchError('ERR_MODEL_SHAPE', message)
}

/** Where fair judging begins: the midnight after the last row that the model was trained on, epoch ms. */
export function dayAfter(isoOpen: string): number {
  return Math.floor(Date.parse(isoOpen) / dayMs + 1) * dayMs
}
