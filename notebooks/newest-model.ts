import { fileURLToPath } from 'node:url'
import { readArtifact } from '@candlewatch/adapters/models/model-files'
import { loadModel, type Manifest, type Model, parseManifest } from '@candlewatch/core/forecast/artifact'
import { startBackend } from '@candlewatch/core/forecast/backend'

const modelsFolder = fileURLToPath(new URL('../models', import.meta.url))

/** The newest committed version of a model, ready to forecast. */
export async function newestModel(
  name = 'btc-usd-1h',
): Promise<{ readonly model: Model; readonly manifest: Manifest }> {
  await startBackend()
  const files = await readArtifact(modelsFolder, name)
  return { model: await loadModel(files), manifest: parseManifest(files.manifestJson) }
}
