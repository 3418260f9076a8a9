import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
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
    const { code, path } = cause as NodeJS.ErrnoException
    const what = path === undefined ? 'a file' : basename(path)
    throw new CandlewatchError(
      'ERR_MODEL_MISSING',
      `Model ${name} ${chosen} is not whole: ${what} cannot be read (${code ?? String(cause)}). Restore its folder.`,
      { cause },
    )
  }
}

/** Every name/version folder there is, by name, each name's versions oldest first. Nothing is read. */
export async function listArtifacts(modelsDir: string): Promise<readonly { name: string; version: string }[]> {
  const found: { name: string; version: string }[] = []
  for (const name of await foldersIn(modelsDir)) {
    for (const version of await versionsOf(modelsDir, name)) found.push({ name, version })
  }
  return found
}

/** Where a process writes a version of models/<name>/ before it moves it to its place: beside it, its name begins with a dot. */
export function unfinishedFolder(modelsDir: string, name: string, pid: number): string {
  return join(modelsDir, name, `.unfinished-${pid}`)
}

/** What a process that was killed left behind. */
export function removeUnfinished(modelsDir: string, name: string, pid: number): Promise<void> {
  return rm(unfinishedFolder(modelsDir, name, pid), { recursive: true, force: true })
}

export function modelMissing(name: string, version: string): CandlewatchError {
  return new CandlewatchError(
    'ERR_MODEL_MISSING',
    `There is no model ${name} ${version}. GET /api/models lists those that there are.`,
  )
}

/** Oldest first: a version begins with the last day of its training rows. */
function versionsOf(modelsDir: string, name: string): Promise<string[]> {
  return foldersIn(join(modelsDir, name))
}

/** A folder that is being written begins with a dot. */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(entry => entry.name)
    .sort()
}
