/**
 * An isolation forest: Liu, Ting & Zhou, ICDM 2008. Complete binary trees, one after the other, level by level: node i's children are 2i + 1 (at most the threshold) and
 * 2i + 2. Where a tree ends early, all leaves below carry the same path length, so that no walk asks where it ends.
 */
export interface Forest {
  readonly trees: number
  readonly sampleRows: number
  readonly height: number
  /** [trees, 2^height − 1] */
  readonly attributes: Uint16Array
  readonly thresholds: Float64Array
  /** [trees, 2^height]: depth + c(rows in the leaf), or −1 − n where the leaf's rows are all equal to `twins[n]`. */
  readonly pathLengths: Float64Array
  readonly twins: readonly Twins[]
}

/** Rows of one leaf that no split can part. */
export interface Twins {
  readonly depth: number
  readonly rows: number
  readonly features: Float64Array
}

// Four walks at a time keep the processor busy while each waits for its next node: twice as fast as one by one.
export const lanes = 4

/** c(n), the mean path length of an unsuccessful search in a binary search tree of n rows. */
export function averagePathLength(rows: number): number {
  if (rows <= 1) return 0
  if (rows === 2) return 1
  return 2 * (Math.log(rows - 1) + eulersConstant) - (2 * (rows - 1)) / rows
}

const eulersConstant = 0.5772156649015329

/** 2^(−mean path length / c(sample)): near 1 is alone, .5 is one of many. features: finite, as wide as the rows were. */
export function isolation(forest: Forest, features: ArrayLike<number>): number {
  const usual = Math.max(1, averagePathLength(forest.sampleRows))
  return 2 ** (-pathLengthSum(forest, features) / forest.trees / usual)
}

function pathLengthSum(forest: Forest, features: ArrayLike<number>): number {
  const { attributes, thresholds, height } = forest
  // By a shift: a power is a float, and walks that index from one take half as long again.
  const nodes = (1 << height) - 1
  let sum = 0
  for (let a = 0, leaf = -nodes; a < attributes.length; a += lanes * nodes, leaf += lanes * (nodes + 1)) {
    const b = a + nodes
    const c = b + nodes
    const d = c + nodes
    let i = 0
    let j = 0
    let k = 0
    let l = 0
    // A comparison made a number costs no branch, which the processor would guess wrong half of the time.
    for (let level = 0; level < height; level++) {
      i = 2 * i + 1 + Number(features[attributes[a + i]!]! > thresholds[a + i]!)
      j = 2 * j + 1 + Number(features[attributes[b + j]!]! > thresholds[b + j]!)
      k = 2 * k + 1 + Number(features[attributes[c + k]!]! > thresholds[c + k]!)
      l = 2 * l + 1 + Number(features[attributes[d + l]!]! > thresholds[d + l]!)
    }
    sum += lengthAt(forest, leaf + i, features) + lengthAt(forest, leaf + nodes + 1 + j, features)
    sum +=
      lengthAt(forest, leaf + 2 * (nodes + 1) + k, features) + lengthAt(forest, leaf + 3 * (nodes + 1) + l, features)
  }
  return sum
}

function lengthAt(forest: Forest, leaf: number, features: ArrayLike<number>): number {
  const length = forest.pathLengths[leaf]!
  return length >= 0 ? length : lengthAmongTwins(forest.twins[-1 - length]!, features)
}

// Among rows that are all alike, a different one is alone after a single split. Without this nothing would stand out after a flat feed.
function lengthAmongTwins(twins: Twins, features: ArrayLike<number>): number {
  const isTwin = twins.features.every((x, j) => x === features[j])
  return twins.depth + (isTwin ? averagePathLength(twins.rows) : 1)
}
