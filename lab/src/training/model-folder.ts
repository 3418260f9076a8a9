import { access, constants, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { removeUnfinished, unfinishedFolder } from '@candlewatch/adapters/models/model-files'
import { CandlewatchError } from '@candlewatch/core/errors'
import { card } from './card.ts'
import type { TrainedModel } from './training.ts'

/** Makes the folder. Called before a training, so that no work is lost to a folder that cannot be written. Throws ERR_MODEL_UNWRITABLE. */
export async function requireWritable(folder: string): Promise<void> {
  await translated(folder, async () => {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
  })
}

/**
 * Writes models/<name>/<version>/ and returns its path. It is written under a name that begins with a
 * dot and moved in one step, so that a model folder is complete or absent. Throws ERR_MODEL_UNWRITABLE.
 */
export async function saveModel(model: TrainedModel, modelsFolder: string): Promise<string> {
  const { name, version } = model.manifest
  const folder = join(modelsFolder, name, version)
  const unfinished = unfinishedFolder(modelsFolder, name, process.pid)
  try {
    await translated(folder, async () => {
      await mkdir(unfinished, { recursive: true })
      await writeFile(join(unfinished, 'model.json'), model.modelJson)
      await writeFile(join(unfinished, 'weights.bin'), model.weights)
      await writeFile(join(unfinished, 'card.md'), card(model.manifest))
      await writeFile(join(unfinished, 'manifest.json'), model.manifestJson)
      await rm(folder, { recursive: true, force: true })
      await rename(unfinished, folder)
    })
  } finally {
    await removeUnfinished(modelsFolder, name, process.pid).catch(() => {})
  }
  return folder
}

async function translated(folder: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (cause) {
    const found = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message
    throw new CandlewatchError(
      'ERR_MODEL_UNWRITABLE',
      `${folder}: expected a folder that can be written to, found ${found}. Make room or give it to this user, or name another folder.`,
      { cause },
    )
  }
}
