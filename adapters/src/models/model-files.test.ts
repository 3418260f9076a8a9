import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listArtifacts, readArtifact } from './model-files.ts'

async function modelsWith(...folders: readonly string[]): Promise<string> {
  const modelsDir = await mkdtemp(join(tmpdir(), 'models-'))
  onTestFinished(() => rm(modelsDir, { recursive: true }))
  for (const folder of folders) await mkdir(join(modelsDir, folder), { recursive: true })
  return modelsDir
}

test('lists every version by name, oldest first, and leaves out those that are being written', async () => {
  const modelsDir = await modelsWith('b/2', 'b/1', 'a/1', 'a/.unfinished-x', '.cache/1')
  await writeFile(join(modelsDir, 'a', 'notes.txt'), '')
  expect(await listArtifacts(modelsDir)).toEqual([
    { name: 'a', version: '1' },
    { name: 'b', version: '1' },
    { name: 'b', version: '2' },
  ])
  expect(await listArtifacts('/nowhere/at/all')).toEqual([])
})

test('the error about an incomplete folder names the file but not the path of the folder', async () => {
  const modelsDir = await modelsWith('a/1')
  for (const file of ['manifest.json', 'model.json']) await writeFile(join(modelsDir, 'a', '1', file), '{}')
  await expect(readArtifact(modelsDir, 'a')).rejects.toMatchObject({
    code: 'ERR_MODEL_MISSING',
    message: 'Model a 1 is incomplete: weights.bin cannot be read (ENOENT). Restore its folder.',
  })
})
