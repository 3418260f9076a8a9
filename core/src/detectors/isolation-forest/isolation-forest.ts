import type { Detector } from '../../types.ts'
import { type Fit, type FittingOptions, fitted } from '../fitted.ts'
import { fitForest } from './grow.ts'
import { isolation } from './trees.ts'

// Trees and rows a tree: Liu, Ting & Zhou 2008, where neither more trees nor more rows found more.
const trees = 100
const sampleRows = 256

/** How few random splits set a vector apart from the rows: 2^(−mean path length / usual one), 0 to 1, .5 for one of many. */
export const fitIsolationForest: Fit = (rows, fitting) => {
  const forest = fitForest(rows, { trees, sampleRows, seed: fitting })
  return features => isolation(forest, features)
}

/** Features: finite, always as many. After Liu, Ting & Zhou, ICDM 2008. */
export function isolationForest(id: string, options: Partial<FittingOptions> = {}): Detector<readonly number[]> {
  return fitted(id, fitIsolationForest, options)
}
