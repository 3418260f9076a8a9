import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { loadModel, parseManifest } from '@candlewatch/core/forecast/artifact'
import type { Budgets } from '../budget/budget.ts'
import type { ShelfParts } from './model-files.ts'

/** Throws ERR_MODEL_MANIFEST, ERR_MODEL_HASH or ERR_MODEL_SHAPE; a backend must have been started. */
export function openModel(budgets: Budgets): ShelfParts['open'] {
  return async files => {
    const model = await loadModel(files)
    return {
      manifest: parseManifest(files.manifestJson),
      makePipeline(stream) {
        const { alarmsPerWeek, feedShare } = budgets.current()
        return makePipeline({ ...stream, alarmsPerWeek, feedShare }, model)
      },
    }
  }
}
