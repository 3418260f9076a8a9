import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Statements that the import table refuses, by the file that holds them. */
const forbidden = [
  ['api/src/values/errors.ts', "import { z } from 'zod'"],
  ['api/src/values/sentences.ts', "import { reasons } from '../reasons.ts'"],
  ['api/src/bars.ts', "import type { Bar } from '@candlewatch/core/types'"],
  ['lstm/src/layer.ts', "import type { Bar } from '@candlewatch/core/types'"],
  ['lstm/src/layer.ts', "import { readFileSync } from 'node:fs'"],
  ['core/src/types.ts', "import { errors } from '@candlewatch/api/values/errors'"],
  ['core/src/types.ts', "import { type Verdict } from '@candlewatch/api/verdicts'"],
  ['core/src/types.ts', "export * from './engine/pipeline.ts'"],
  ['core/src/stats/ewma.ts', "import { pipeline } from '../engine/pipeline.ts'"],
  ['core/src/features/volatility-scaled.ts', "import { naive } from '../forecast/naive.ts'"],
  ['core/src/forecast/naive.ts', "import { residual } from '../detectors/residual.ts'"],
  ['core/src/detectors/residual.ts', "import type { Run } from '../engine/run.ts'"],
  ['core/src/decide/severity.ts', "import { naive } from '../forecast/naive.ts'"],
  ['core/src/eval/synthetic.ts', "import { pipeline } from '../engine/pipeline.ts'"],
  ['core/src/engine/pipeline.ts', "import { synthetic } from '../eval/synthetic.ts'"],
  ['core/src/engine/pipeline.ts', "import { readFileSync } from 'node:fs'"],
  ['core/src/engine/pipeline.ts', "import { store } from '@candlewatch/adapters/stores/postgres/store'"],
  ['core/src/engine/pipeline.ts', "import * as tf from '@tensorflow/tfjs-core'"],
  ['core/src/engine/pipeline.ts', "import { lstm } from '@candlewatch/lstm'"],
  ['core/src/engine/pipeline.ts', "import { bars } from './pipeline.suite.ts'"],
  ['core/src/unlisted/new.ts', 'export const unlisted = 1'],
  ['adapters/src/stores/postgres/store.ts', "import { pipeline } from '@candlewatch/core/engine/pipeline'"],
  ['adapters/src/stores/postgres/store.ts', "import { memory } from '../memory/store.ts'"],
  ['server/src/http/problem.ts', "import type { Import } from '../imports/imports.ts'"],
  ['server/src/platform/log.ts', "import { live } from '../judging/live.ts'"],
  ['server/src/feeds/feeds.ts', "import { live } from '../judging/live.ts'"],
  ['server/src/feeds/feeds.ts', "import type { Parts } from '../assemble.ts'"],
  ['server/src/judging/live.ts', "import { replay } from '@candlewatch/simulator/replay'"],
  ['simulator/src/replay.ts', "import { live } from '@candlewatch/server/live'"],
  ['lab/src/train.ts', "import * as tf from '@tensorflow/tfjs-core'"],
  ['lab/src/train.ts', "import { live } from '@candlewatch/server/live'"],
  ['bench/src/load.ts', "import { live } from '@candlewatch/server/live'"],
  ['web/src/state/state.ts', "import { pipeline } from '@candlewatch/core/engine/pipeline'"],
  ['web/src/state/state.ts', "import { bars } from '@candlewatch/api/bars'"],
  ['web/src/state/state.ts', "import { z } from 'zod'"],
  ['web/src/state/state.ts', "import { figure } from '../chart/figure.ts'"],
  ['web/src/chart/figure.ts', "const later = () => import('../shell/app.tsx')"],
  ['web/src/overview/tile.ts', "import Plotly from 'plotly.js-basic-dist-min'"],
] as const

/** Statements that it allows. */
const allowed = [
  ['api/src/bars.ts', "import { z } from 'zod'"],
  ['api/src/values/sentences.ts', "import type { Reason } from '../reasons.ts'"],
  ['lstm/src/layer.ts', "import { layers } from '@tensorflow/tfjs-layers'"],
  ['core/src/types.ts', "export type { Verdict } from '@candlewatch/api/verdicts'"],
  ['core/src/stats/ewma.ts', "import type { Bar } from '../types.ts'"],
  ['core/src/stats/ewma.test.ts', "import { readFileSync } from 'node:fs'"],
  ['core/src/forecast/lstm.ts', "import { lstm } from '@candlewatch/lstm'"],
  ['core/src/forecast/lstm.ts', "import * as tf from '@tensorflow/tfjs-core'"],
  ['core/src/engine/pipeline.ts', "import { conformal } from '../decide/conformal.ts'"],
  ['adapters/src/stores/postgres/store.ts', "import type { Bar } from '@candlewatch/core/types'"],
  ['server/src/feeds/feeds.ts', "import type { Live } from '../judging/live.ts'"],
  ['server/src/feeds/feeds.ts', "import { handle } from '../http/handle.ts'"],
  ['server/src/judging/live.ts', "import { run } from '@candlewatch/core/engine/run'"],
  ['server/src/main.ts', "import { live } from './judging/live.ts'"],
  ['web/src/state/state.ts', "import type { Bars } from '@candlewatch/api/bars'"],
  ['web/src/state/state.ts', "import { limits } from '@candlewatch/api/values/limits'"],
  ['web/src/chart/chart.ts', "import Plotly from 'plotly.js-basic-dist-min'"],
] as const

/** Files whose imports form a cycle, by types alone too. */
const cycle = [
  ['lab/src/first.ts', "import type { Second } from './second.ts'"],
  ['lab/src/second.ts', "import type { First } from './first.ts'"],
] as const

describe('the layer check keeps the import table of docs/architecture.md', () => {
  const tree = mkdtempSync(join(tmpdir(), 'candlewatch-layers-'))
  afterAll(() => rmSync(tree, { recursive: true }))
  let report = ''

  beforeAll(() => {
    const sources = new Map<string, string>()
    for (const [file, statement] of [...forbidden, ...allowed, ...cycle]) {
      sources.set(file, `${sources.get(file) ?? ''}${statement}\n`)
    }
    for (const [file, source] of sources) {
      mkdirSync(join(tree, dirname(file)), { recursive: true })
      writeFileSync(join(tree, file), source)
    }
    const check = join(root, '.ci/layers.mjs')
    const { status, stderr } = spawnSync(process.execPath, [check, '--root', tree], { encoding: 'utf8' })
    expect(status).toBe(1)
    report = stderr
  })

  /** Returns the faults that the check reports for the line with a statement. */
  function faults(file: string, statement: string) {
    const line = readFileSync(join(tree, file), 'utf8').split('\n').indexOf(statement) + 1
    return report.split('\n').filter(text => text.includes(`: ${file}:${line} `) || text.includes(`: ${file}: `))
  }

  it.each(forbidden)('%s must not contain: %s', (file, statement) => {
    expect(faults(file, statement)).not.toEqual([])
  })

  it.each(allowed)('%s may contain: %s', (file, statement) => {
    expect(faults(file, statement)).toEqual([])
  })

  it('a cycle of imports is refused, even if they are of types alone', () => {
    expect(report).toContain('cycle of files: lab/src/first.ts → lab/src/second.ts → lab/src/first.ts')
  })

  it('every workspace and every folder of core has a row in the table', () => {
    const workspaces: string[] = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).workspaces
    const table = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
    const products = workspaces.filter(workspace => !workspace.startsWith('test/'))
    for (const workspace of products) expect(table).toContain(`\`${workspace}\``)
    for (const folder of readdirSync(join(root, 'core/src'), { withFileTypes: true })) {
      if (folder.isDirectory()) expect(table).toContain(`core/${folder.name}`)
    }
  })
})
