/** The options of boosted trees. */
export interface TreeOptions {
  readonly trees: number
  /** At most, in one tree. */
  readonly leaves: number
  /** At least, in one leaf. */
  readonly leastSamples: number
  /** The share of a leaf's median that is added to the forecast. */
  readonly learningRate: number
  /** Added to a leaf's number of rows where splits are weighed. Leaf values are not shrunk by it. */
  readonly l2: number
}

// Prices are nearly all noise, so that each tree may say little: few leaves, of many rows each, at a small rate.
// The number of trees is where 1 / learningRate has been passed a dozen times over.
export const treeDefaults: TreeOptions = { trees: 300, leaves: 15, leastSamples: 60, learningRate: 0.04, l2: 1 }

/** Fitted trees. */
export interface BoostedTrees {
  /** `row`: [width]. Throws RangeError for another width and for a number that is not finite. */
  predict(row: Float32Array | readonly number[]): number
  /** `rows`: [n, width], row after row; gives [n]. Throws RangeError as `predict` does. */
  predictAll(rows: Float32Array, width: number): Float64Array
}

/**
 * Boosted regression trees for the absolute error, in the units of `targets`: [n]. `rows`: [n, width], row after row.
 * Equal input gives equal trees. Throws RangeError for sizes that do not fit, no rows, numbers that are not finite and
 * options out of range.
 *
 * Greedy function approximation with LAD (Friedman, Ann. Statist. 29(5), 2001, algorithm 3) on histograms, leaf by leaf
 * (Ke et al., LightGBM, NIPS 2017), as HistGradientBoostingRegressor(loss='absolute_error', early_stopping=False) of
 * scikit-learn 1.2 does it, without missing values, categories and weights.
 */
export function fitTrees(
  rows: Float32Array,
  width: number,
  targets: Float32Array | Float64Array,
  options: Partial<TreeOptions> = {},
): BoostedTrees {
  const settings = { ...treeDefaults, ...options }
  checkOptions(settings)
  checkTraining(rows, width, targets)
  const start = median(Float64Array.from(targets))
  const predictions = new Float64Array(targets.length).fill(start)
  const forest = makeForest(settings)
  const ground = makeGround(binned(rows, width), targets.length, settings)
  for (let tree = 0; tree < settings.trees; tree++) {
    for (let row = 0; row < targets.length; row++) ground.gradients[row] = predictions[row]! > targets[row]! ? 1 : -1
    const root = addNodes(forest, 1)
    forest.roots.push(root)
    for (const leaf of grow(ground, forest, root)) settle(leaf, ground, forest, targets, predictions)
  }
  return forecaster(forest, start, width)
}

/** Nodes of all trees one after another. A right child follows its left one; a leaf has feature −1. */
interface Forest {
  readonly feature: Int32Array
  /** A row goes left where its feature is at most this. */
  readonly threshold: Float64Array
  readonly left: Int32Array
  readonly value: Float64Array
  readonly roots: number[]
  size: number
}

function makeForest({ trees, leaves }: TreeOptions): Forest {
  const most = trees * (2 * leaves - 1)
  return {
    feature: new Int32Array(most).fill(-1),
    threshold: new Float64Array(most),
    left: new Int32Array(most),
    value: new Float64Array(most),
    roots: [],
    size: 0,
  }
}

function addNodes(forest: Forest, count: number): number {
  const first = forest.size
  forest.size += count
  return first
}

function forecaster(forest: Forest, start: number, width: number): BoostedTrees {
  const { feature, threshold, left, value, roots } = forest
  const forecast = (rows: Float32Array | readonly number[], offset: number) => {
    let sum = start
    for (const root of roots) {
      let node = root
      for (let at = feature[node]!; at >= 0; at = feature[node]!) {
        node = rows[offset + at]! <= threshold[node]! ? left[node]! : left[node]! + 1
      }
      sum += value[node]!
    }
    return sum
  }
  return {
    predict: row => {
      if (row.length !== width) throw new RangeError(`Trees: a row has ${row.length} features, expected ${width}`)
      checkFinite(row, 'feature')
      return forecast(row, 0)
    },
    predictAll: (rows, rowWidth) => {
      if (rowWidth !== width) throw new RangeError(`Trees: rows have ${rowWidth} features, expected ${width}`)
      checkRows(rows, width)
      return Float64Array.from({ length: rows.length / width }, (_, row) => forecast(rows, row * width))
    },
  }
}

// 255 bins, as scikit-learn has without its bin for missing values: a bin number is a byte.
const mostBins = 255

interface Bins {
  /** [width] of [n]: the bin of each row. */
  readonly columns: readonly Uint8Array[]
  /** [width] of [bins − 1], rising: bin i holds what is above edge i − 1 and at most edge i. */
  readonly edges: readonly Float64Array[]
}

function binned(rows: Float32Array, width: number): Bins {
  const columns: Uint8Array[] = []
  const edges: Float64Array[] = []
  for (let feature = 0; feature < width; feature++) {
    const values = Float32Array.from({ length: rows.length / width }, (_, row) => rows[row * width + feature]!)
    const found = binEdges(values.slice().sort())
    edges.push(found)
    columns.push(Uint8Array.from(values, value => binOf(found, value)))
  }
  return { columns, edges }
}

/** Between neighbours where values are few, otherwise at quantiles, each once. `sorted`: rising. */
function binEdges(sorted: Float32Array): Float64Array {
  const distinct = sorted.filter((value, at) => at === 0 || value !== sorted[at - 1])
  if (distinct.length <= mostBins) {
    return Float64Array.from({ length: distinct.length - 1 }, (_, at) => (distinct[at]! + distinct[at + 1]!) / 2)
  }
  const quantiles = Float64Array.from({ length: mostBins - 1 }, (_, at) => {
    const position = ((at + 1) * (sorted.length - 1)) / mostBins
    return (sorted[Math.floor(position)]! + sorted[Math.ceil(position)]!) / 2
  })
  return quantiles.filter((edge, at) => at === 0 || edge !== quantiles[at - 1])
}

/** How many edges lie below the value. */
function binOf(edges: Float64Array, value: number): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (value <= edges[middle]!) high = middle
    else low = middle + 1
  }
  return low
}

/** The data that trees are grown on; its memory is reused for each tree. */
interface Ground extends Bins {
  readonly settings: TreeOptions
  /** [n]: the sign of prediction − target; −1 where they are equal, as scikit-learn has it. Hessians are 1. */
  readonly gradients: Int8Array
  /** [n]: row numbers, those of one leaf together and rising. */
  readonly order: Uint32Array
  /** [n] of scratch for `part`. */
  readonly aside: Uint32Array
  /** [n] of scratch for `settle`. */
  readonly residuals: Float64Array
  /** [leaves] of [width, 256, 2]: sum of gradients and number of rows. Whole numbers, so that subtracting is exact. */
  readonly histograms: readonly Int32Array[]
}

// Numbers in one feature's part of a histogram.
const featureStride = 512

function makeGround(bins: Bins, count: number, settings: TreeOptions): Ground {
  const length = bins.columns.length * featureStride
  return {
    ...bins,
    settings,
    gradients: new Int8Array(count),
    order: new Uint32Array(count),
    aside: new Uint32Array(count),
    residuals: new Float64Array(count),
    histograms: Array.from({ length: settings.leaves }, () => new Int32Array(length)),
  }
}

interface Leaf {
  readonly node: number
  /** Its rows: order[start] up to, but not including, order[end]. */
  readonly start: number
  readonly end: number
  /** Sum over its rows. */
  readonly gradient: number
  /** gradient² / (rows + l2): twice the loss that the leaf saves. 0 for the root, as in scikit-learn. */
  readonly saved: number
  readonly histogram: Int32Array
}

interface Split {
  readonly feature: number
  /** The last bin that goes left. */
  readonly bin: number
  /** The gradient of the rows that go left. */
  readonly gradient: number
  readonly gain: number
}

interface Candidate {
  readonly leaf: Leaf
  /** Null where no split is allowed or gains anything. */
  readonly split: Split | null
}

// Gains are fractions of whole numbers, and small leaves often have equal ones: rounding may not choose among them.
const tie = 1e-9

/** Splits the leaf that gains most, again and again. Of equal ones the first. */
function grow(ground: Ground, forest: Forest, root: number): readonly Leaf[] {
  const { settings, histograms } = ground
  const candidates = [candidateRoot(ground, root)]
  while (candidates.length < settings.leaves) {
    const at = mostGain(candidates)
    const { leaf, split } = candidates[at]!
    if (split === null) break
    const last = candidates.length === settings.leaves - 1
    const [larger, smaller] = divide(leaf, split, histograms[candidates.length]!, ground, forest)
    const both = last ? [withoutSplit(larger), withoutSplit(smaller)] : weigh(larger, smaller, ground)
    candidates[at] = both[0]!
    candidates.push(both[1]!)
  }
  return candidates.map(candidate => candidate.leaf)
}

function candidateRoot(ground: Ground, node: number): Candidate {
  const { order, gradients, histograms } = ground
  for (let row = 0; row < order.length; row++) order[row] = row
  const gradient = gradients.reduce((sum, sign) => sum + sign, 0)
  const leaf = { node, start: 0, end: order.length, gradient, saved: 0, histogram: histograms[0]! }
  if (!divisible(leaf, ground)) return withoutSplit(leaf)
  count(leaf, ground)
  return { leaf, split: bestSplit(leaf, ground) }
}

function mostGain(candidates: readonly Candidate[]): number {
  let best = 0
  for (let at = 1; at < candidates.length; at++) {
    if ((candidates[at]!.split?.gain ?? 0) > (candidates[best]!.split?.gain ?? 0) + tie) best = at
  }
  return best
}

function withoutSplit(leaf: Leaf): Candidate {
  return { leaf, split: null }
}

function divisible({ start, end }: Leaf, { settings }: Ground): boolean {
  return end - start >= 2 * settings.leastSamples
}

/** Gives the larger child, which takes over its parent's histogram, then the smaller one, which has `free`. */
function divide(leaf: Leaf, split: Split, free: Int32Array, ground: Ground, forest: Forest): [Leaf, Leaf] {
  const { node, start, end, histogram } = leaf
  const middle = part(leaf, split, ground)
  const left = addNodes(forest, 2)
  forest.feature[node] = split.feature
  forest.threshold[node] = ground.edges[split.feature]![split.bin]!
  forest.left[node] = left
  const child = (at: number, from: number, to: number, gradient: number): Leaf => {
    const larger = 2 * (to - from) > end - start || (2 * (to - from) === end - start && at === left)
    const saved = gradient * (gradient / (to - from + ground.settings.l2))
    return { node: at, start: from, end: to, gradient, saved, histogram: larger ? histogram : free }
  }
  const one = child(left, start, middle, split.gradient)
  const other = child(left + 1, middle, end, leaf.gradient - split.gradient)
  return one.histogram === histogram ? [one, other] : [other, one]
}

/** Moves the rows that go left to the front, each side in its order. Gives where the right side starts. */
function part({ start, end }: Leaf, { feature, bin }: Split, { columns, order, aside }: Ground): number {
  const column = columns[feature]!
  let left = start
  let right = 0
  for (let at = start; at < end; at++) {
    const row = order[at]!
    if (column[row]! <= bin) order[left++] = row
    else aside[right++] = row
  }
  order.set(aside.subarray(0, right), left)
  return left
}

/** Counts the smaller child's rows alone: the larger one has what remains of their parent's. */
function weigh(larger: Leaf, smaller: Leaf, ground: Ground): [Candidate, Candidate] {
  if (!divisible(larger, ground)) return [withoutSplit(larger), withoutSplit(smaller)]
  count(smaller, ground)
  subtract(larger.histogram, smaller.histogram)
  const split = divisible(smaller, ground) ? bestSplit(smaller, ground) : null
  return [
    { leaf: larger, split: bestSplit(larger, ground) },
    { leaf: smaller, split },
  ]
}

function count({ start, end, histogram }: Leaf, { columns, edges, order, gradients }: Ground): void {
  histogram.fill(0)
  for (let feature = 0; feature < columns.length; feature++) {
    if (edges[feature]!.length === 0) continue
    const column = columns[feature]!
    const offset = feature * featureStride
    for (let at = start; at < end; at++) {
      const row = order[at]!
      const cell = offset + 2 * column[row]!
      histogram[cell]! += gradients[row]!
      histogram[cell + 1]!++
    }
  }
}

function subtract(from: Int32Array, what: Int32Array): void {
  for (let at = 0; at < from.length; at++) from[at]! -= what[at]!
}

/** Finds the best split; of equal ones that of the lowest feature, then of the lowest bin. */
function bestSplit(leaf: Leaf, ground: Ground): Split | null {
  let best: Split | null = null
  for (let feature = 0; feature < ground.columns.length; feature++) {
    best = bestOfFeature(leaf, feature, ground, best)
  }
  return best
}

/** `known`, where no bin gains more. */
function bestOfFeature(leaf: Leaf, feature: number, ground: Ground, known: Split | null): Split | null {
  const { leastSamples, l2 } = ground.settings
  const { histogram, saved } = leaf
  const offset = feature * featureStride
  const bins = ground.edges[feature]!.length
  let best = { bin: -1, gradient: 0, gain: known?.gain ?? 0 }
  let left = 0
  let right = leaf.gradient
  let rowsLeft = 0
  let rowsRight = leaf.end - leaf.start
  for (let bin = 0; bin < bins; bin++) {
    const gradient = histogram[offset + 2 * bin]!
    const rows = histogram[offset + 2 * bin + 1]!
    left += gradient
    right -= gradient
    rowsLeft += rows
    rowsRight -= rows
    if (rowsLeft < leastSamples) continue
    if (rowsRight < leastSamples) break
    const gain = left * (left / (rowsLeft + l2)) - saved + right * (right / (rowsRight + l2))
    if (gain > best.gain + tie) best = { bin, gradient: left, gain }
  }
  return best.bin < 0 ? known : { feature, ...best }
}

/** Gives the leaf its value, and adds it to its rows' predictions. */
function settle(
  { node, start, end }: Leaf,
  { order, residuals, settings }: Ground,
  forest: Forest,
  targets: Float32Array | Float64Array,
  predictions: Float64Array,
): void {
  for (let at = start; at < end; at++) residuals[at] = targets[order[at]!]! - predictions[order[at]!]!
  const value = settings.learningRate * median(residuals.subarray(start, end))
  forest.value[node] = value
  for (let at = start; at < end; at++) predictions[order[at]!]! += value
}

/** Sorts `values`, of which there is one at least. */
function median(values: Float64Array): number {
  values.sort()
  const middle = values.length >>> 1
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2
}

function checkOptions({ trees, leaves, leastSamples, learningRate, l2 }: TreeOptions): void {
  checkOption('trees', trees, Number.isInteger(trees) && trees >= 0, 'a whole number from 0')
  checkOption('leaves', leaves, Number.isInteger(leaves) && leaves >= 1, 'a whole number from 1')
  checkOption(
    'leastSamples',
    leastSamples,
    Number.isInteger(leastSamples) && leastSamples >= 1,
    'a whole number from 1',
  )
  checkOption('learningRate', learningRate, learningRate > 0 && learningRate <= 1, 'above 0 and at most 1')
  checkOption('l2', l2, l2 >= 0 && Number.isFinite(l2), 'finite and at least 0')
}

function checkOption(name: keyof TreeOptions, found: number, valid: boolean, expected: string): void {
  if (!valid) throw new RangeError(`Trees: ${name} is ${found}, expected ${expected}`)
}

function checkTraining(rows: Float32Array, width: number, targets: Float32Array | Float64Array): void {
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`Trees: width is ${width}, expected 1 or more`)
  if (targets.length === 0) throw new RangeError('Trees: no rows, expected one or more')
  if (rows.length !== targets.length * width) {
    const found = `${rows.length} features for ${targets.length} targets`
    throw new RangeError(`Trees: ${found}, expected ${targets.length} rows of ${width}`)
  }
  checkRows(rows, width)
  checkFinite(targets, 'target')
}

function checkRows(rows: Float32Array, width: number): void {
  if (rows.length % width !== 0) throw new RangeError(`Trees: ${rows.length} features, expected rows of ${width}`)
  checkFinite(rows, 'feature')
}

function checkFinite(values: ArrayLike<number>, what: string): void {
  for (let at = 0; at < values.length; at++) {
    if (!Number.isFinite(values[at])) throw new RangeError(`Trees: ${what} ${at} is ${values[at]}, expected it finite`)
  }
}
