import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root, runPython } from './python.ts'

/** Python scripts that write reference figures of scikit-learn to files next to them. */
const references = [
  ['core/src/detectors/reference', 'scikit-learn.py', ['gaussian-mixture', 'kmeans', 'isolation-forest']],
  ['lab/src/training/reference', 'boosted-trees.py', ['boosted-trees']],
] as const

/** The largest relative difference between two figures of the same place. Processors round differently in the last digits. */
const tolerance = 1e-9

describe.each(references)('%s/%s', (folder, script, names) => {
  it('scikit-learn gives the figures that our tests compare with', () => {
    const copy = mkdtempSync(join(tmpdir(), 'candlewatch-reference-'))
    try {
      copyFileSync(join(root, folder, script), join(copy, basename(script)))
      runPython('python', [script], copy)
      for (const name of names) {
        const { versions: stored, ...expected } = JSON.parse(readFileSync(join(root, folder, `${name}.json`), 'utf8'))
        const { versions: made, ...found } = JSON.parse(readFileSync(join(copy, `${name}.json`), 'utf8'))
        expect(made?.['scikit-learn']).toBe(stored?.['scikit-learn'])
        expect(differences(expected, found, name)).toEqual([])
      }
    } finally {
      rmSync(copy, { recursive: true })
    }
  })
})

/** Where two values differ, in words; empty if they are equal but for rounding. */
function differences(expected: unknown, found: unknown, path: string): string[] {
  if (typeof expected === 'number' && typeof found === 'number') {
    const close = Math.abs(expected - found) <= tolerance * Math.max(1, Math.abs(expected))
    return close ? [] : [`${path}: expected ${expected}, found ${found}`]
  }
  if (typeof expected === 'object' && typeof found === 'object' && expected !== null && found !== null) {
    const pairs = new Map(Object.entries(found))
    const missing = [...pairs.keys()].filter(key => !(key in expected)).map(key => `${path}.${key}: not expected`)
    const inside = Object.entries(expected).flatMap(([key, value]) =>
      differences(value, pairs.get(key), `${path}.${key}`),
    )
    return [...missing, ...inside]
  }
  return expected === found ? [] : [`${path}: expected ${expected}, found ${found}`]
}
