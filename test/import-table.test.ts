import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A tree of its own under the same rules, so that nothing is written among the sources. */
const place = mkdtempSync(join(tmpdir(), 'candlewatch-lint-'))
const config = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'))
writeFileSync(join(place, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false } }))
afterAll(() => rmSync(place, { recursive: true }))

/** What the linter says of a file at that path with that import. */
function lint(path: string, specifier: string): string {
  mkdirSync(join(place, dirname(path)), { recursive: true })
  writeFileSync(join(place, path), `import { something } from '${specifier}'\n\nexport const again = something\n`)
  const biome = join(root, 'node_modules/.bin/biome')
  const { stdout, stderr } = spawnSync(biome, ['lint', '--colors=off', path], { cwd: place, encoding: 'utf8' })
  expect(stdout + stderr).toContain('Checked 1 file')
  return stdout + stderr
}

const forbidden = [
  ['lstm/src/layer.ts', '@candlewatch/core/types'],
  ['lstm/src/layer.ts', 'node:fs'],
  ['core/src/engine/pipeline.ts', '@candlewatch/lstm'],
  ['bench/src/lstm.ts', '@candlewatch/server/live'],
  ['core/src/stats/ewma.ts', '../engine/pipeline.ts'],
  ['core/src/features/volatility-scaled.ts', '../forecast/naive.ts'],
  ['core/src/forecast/naive.ts', '../detectors/residual.ts'],
  ['core/src/detectors/residual.ts', '../engine/run.ts'],
  ['core/src/decide/severity.ts', '../forecast/naive.ts'],
  ['core/src/eval/synthetic.ts', '../engine/pipeline.ts'],
  ['core/src/engine/pipeline.ts', '../eval/synthetic.ts'],
  ['core/src/engine/pipeline.ts', 'node:fs'],
  ['core/src/engine/pipeline.ts', '@candlewatch/adapters/stores/postgres'],
  ['core/src/engine/pipeline.ts', '@tensorflow/tfjs-core'],
  ['core/src/types.ts', './engine/pipeline.ts'],
  ['adapters/src/stores/postgres/store.ts', '@candlewatch/core/engine/pipeline'],
  ['server/src/judging/live.ts', '@candlewatch/simulator/replay'],
  ['simulator/src/replay.ts', '@candlewatch/server/live'],
  ['lab/src/train.ts', '@tensorflow/tfjs-core'],
  ['web/src/state/state.ts', '@candlewatch/core/engine/pipeline'],
  ['web/src/chart/figure.ts', 'plotly.js-basic-dist-min'],
] as const

const allowed = [
  ['lstm/src/layer.ts', '@tensorflow/tfjs-layers'],
  ['core/src/forecast/lstm.ts', '@candlewatch/lstm'],
  ['core/src/stats/ewma.ts', '../types.ts'],
  ['core/src/engine/pipeline.ts', '../decide/conformal.ts'],
  ['core/src/forecast/lstm.ts', '@tensorflow/tfjs-core'],
  ['adapters/src/stores/postgres/store.ts', '@candlewatch/core/types'],
  ['server/src/judging/live.ts', '@candlewatch/core/engine/run'],
  ['web/src/state/state.ts', '@candlewatch/core/interval'],
  ['web/src/episodes/log.ts', '@candlewatch/core/verdict'],
  ['web/src/chart/chart.ts', 'plotly.js-basic-dist-min'],
] as const

describe('the linter keeps the import table of docs/architecture.md', () => {
  it.each(forbidden)('%s must not import %s', (path, specifier) => {
    expect(lint(path, specifier)).toContain('noRestrictedImports')
  })

  it.each(allowed)('%s may import %s', (path, specifier) => {
    expect(lint(path, specifier)).not.toContain('noRestrictedImports')
  })

  it('every workspace has a row in the table', () => {
    const workspaces: string[] = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).workspaces
    const table = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
    for (const workspace of workspaces) expect(table).toContain(`\`${workspace}\``)
    for (const folder of readdirSync(join(root, 'core/src'), { withFileTypes: true })) {
      if (folder.isDirectory()) expect(table).toContain(`core/${folder.name}`)
    }
  })
})
