import { first } from '../../nth.ts'
import { ByteReader, ByteWriter } from '../../state/bytes.ts'
import { TrainingWindow, type TrainingWindowOptions } from '../../stats/training-window.ts'
import type { Detector } from '../../types.ts'
import { type ForestOptions, fitForest } from './grow.ts'
import { type Forest, isolation, type Twins } from './trees.ts'

export interface IsolationForestOptions extends TrainingWindowOptions, ForestOptions {}

export const isolationForestDefaults: IsolationForestOptions = {
  // Trees and rows a tree: Liu, Ting & Zhou 2008, where neither more trees nor more rows found more.
  trees: 100,
  sampleRows: 256,
  seed: 1,
  // Twelve weeks of hours, as many as the p-values are made of.
  windowBars: 2_000,
  // Seldom enough that training costs half of what scoring does; where bars are hours there is time to train more often.
  retrainBars: 4_000,
  // One full sample.
  firstBars: 256,
  // The other detectors have the same limit: far beyond an ordinary hour, and near enough that a bad tick is one hour among many.
  winsorAt: 6,
}

/**
 * How few random splits set a vector apart from the last bars: 2^(−mean path length / usual one), 0 to 1, .5 for one of
 * many. features: finite, always as many. After Liu, Ting & Zhou, ICDM 2008.
 */
export function isolationForest(
  id: string,
  options: Partial<IsolationForestOptions> = {},
): Detector<readonly number[]> {
  const settings = { ...isolationForestDefaults, ...options }
  const window = new TrainingWindow(settings)
  let forest: Forest | null = null
  return {
    id,
    score: features => forest && isolation(forest, features),
    learn(features) {
      if (!window.learn(features)) return
      const rows = window.train()
      forest = fitForest(rows, { ...settings, seed: settings.seed + window.trainings })
    },
    save() {
      const to = new ByteWriter()
      window.save(to)
      if (forest) saveForest(to, forest)
      return to.bytes()
    },
    load(state) {
      const from = new ByteReader(state)
      window.load(from)
      forest = window.trainings > 0 ? loadForest(from) : null
    },
  }
}

function saveForest(to: ByteWriter, { trees, sampleRows, height, twins, ...nodes }: Forest): void {
  to.doubles([trees, sampleRows, height, twins.length])
  to.words(nodes.attributes)
  to.doubles(nodes.thresholds)
  to.doubles(nodes.pathLengths)
  for (const { depth, rows, features } of twins) to.doubles([depth, rows, ...features])
}

function loadForest(from: ByteReader): Forest {
  const [trees, sampleRows, height, twins] = first(from.doubles(), 4)
  return {
    trees,
    sampleRows,
    height,
    attributes: from.words(),
    thresholds: from.doubles(),
    pathLengths: from.doubles(),
    twins: Array.from({ length: twins }, () => loadTwins(from.doubles())),
  }
}

function loadTwins(values: Float64Array): Twins {
  const [depth, rows] = first(values, 2)
  return { depth, rows, features: values.slice(2) }
}
