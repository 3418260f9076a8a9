import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CandlewatchError } from '@candlewatch/core/errors'
import { reasonOf } from '../system-error.ts'

/** The files of a model in models/<name>/<version>/. */
export interface ModelFiles {
  readonly manifestJson: string
  readonly modelJson: string
  readonly weights: Uint8Array
}

/** Reads a version of a model, the newest by default. Throws ERR_MODEL_MISSING, which lists the versions that exist. */
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
    const file = cause instanceof Error && 'path' in cause ? basename(String(cause.path)) : 'a file'
    throw new CandlewatchError(
      'ERR_MODEL_MISSING',
      `Model ${name} ${chosen} is incomplete: ${file} cannot be read (${reasonOf(cause)}). Restore its folder.`,
      { cause },
    )
  }
}

/** Lists all folders models/<name>/<version> by name, then version. No file is read. */
export async function listArtifacts(modelsDir: string): Promise<readonly { name: string; version: string }[]> {
  const found: { name: string; version: string }[] = []
  for (const name of await foldersIn(modelsDir)) {
    for (const version of await versionsOf(modelsDir, name)) found.push({ name, version })
  }
  return found
}

/** The folder in which a process writes a new version before it is moved into place. */
export function unfinishedFolder(modelsDir: string, name: string, pid: number): string {
  return join(modelsDir, name, `.unfinished-${pid}`)
}

/** Removes what a killed process left of a version that it was writing. */
export function removeUnfinished(modelsDir: string, name: string, pid: number): Promise<void> {
  return rm(unfinishedFolder(modelsDir, name, pid), { recursive: true, force: true })
}

/** The error for a version that does not exist. */
export function modelMissing(name: string, version: string): CandlewatchError {
  return new CandlewatchError(
    'ERR_MODEL_MISSING',
    `There is no model ${name} ${version}. GET /api/models lists those that exist.`,
  )
}

/** Lists the versions, oldest first: a version begins with the last day of its training rows. */
function versionsOf(modelsDir: string, name: string): Promise<string[]> {
  return foldersIn(join(modelsDir, name))
}

/** Lists the folders in a folder. The name of one that is being written begins with a dot. */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(entry => entry.name)
    .sort()
}
