import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CandlewatchError } from '@candlewatch/core/errors'

/** A model's files as they lie in models/<name>/<version>/. */
export interface ModelFiles {
  readonly manifestJson: string
  readonly modelJson: string
  readonly weights: Uint8Array
}

/** The newest version unless one is named. Throws ERR_MODEL_MISSING with what there is instead. */
export async function readArtifact(modelsDir: string, name: string, version?: string): Promise<ModelFiles> {
  const versions = await versionsOf(modelsDir, name)
  const chosen = version ?? versions.at(-1)
  if (chosen === undefined || !versions.includes(chosen)) {
    throw new CandlewatchError(
      'ERR_MODEL_MISSING',
      `Expected model ${name}${version ? ` ${version}` : ''} in ${modelsDir}, found ${versions.join(', ') || 'none'}. ` +
        'Train it with `npm run train -- --csv FILE`, or name another.',
    )
  }
  const folder = join(modelsDir, name, chosen)
  try {
    const [manifestJson, modelJson, weights] = await Promise.all([
      readFile(join(folder, 'manifest.json'), 'utf8'),
      readFile(join(folder, 'model.json'), 'utf8'),
      readFile(join(folder, 'weights.bin')),
    ])
    return { manifestJson, modelJson, weights }
  } catch (cause) {
    throw new CandlewatchError(
      'ERR_MODEL_MISSING',
      `Model folder ${folder} is not whole: ${String(cause)}. Restore it.`,
      {
        cause,
      },
    )
  }
}

/** Oldest first: a version begins with the last day of its training rows. */
async function versionsOf(modelsDir: string, name: string): Promise<string[]> {
  const entries = await readdir(join(modelsDir, name), { withFileTypes: true }).catch(() => [])
  return entries
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(entry => entry.name)
    .sort()
}
