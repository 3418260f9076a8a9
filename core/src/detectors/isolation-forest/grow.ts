import { makeRng, type Rng } from '../../stats/rng.ts'
import type { Rows } from '../../stats/rows.ts'
import { averagePathLength, type Forest, lanes, type Twins } from './trees.ts'

export interface ForestOptions {
  readonly trees: number
  /** Rows that each tree is grown on, drawn without putting back. */
  readonly sampleRows: number
  readonly seed: number
}

/** rows: at least 2. Each tree parts its sample at random until every row is alone or the mean depth of such a tree is reached. */
export function fitForest(rows: Rows, { trees, sampleRows, seed }: ForestOptions): Forest {
  const forest = emptyForest(trees, Math.min(sampleRows, rows.count))
  const rng = makeRng(seed)
  const sample = new Sample(rows, forest.sampleRows, rng)
  for (let tree = 0; tree < trees; tree++) {
    sample.draw()
    growTree(forest, tree, sample)
  }
  return forest
}

type Growing = Forest & { readonly twins: Twins[] }

function emptyForest(trees: number, sampleRows: number): Growing {
  const height = Math.max(1, Math.ceil(Math.log2(sampleRows)))
  // Trees that only fill up the last lanes have no path length at all.
  const stored = Math.ceil(trees / lanes) * lanes
  return {
    trees,
    sampleRows,
    height,
    twins: [],
    attributes: new Uint16Array(stored * ((1 << height) - 1)),
    thresholds: new Float64Array(stored * ((1 << height) - 1)),
    pathLengths: new Float64Array(stored * (1 << height)),
  }
}

function growTree(forest: Growing, tree: number, sample: Sample): void {
  const { attributes, thresholds, pathLengths, twins, height } = forest
  const firstNode = tree * ((1 << height) - 1)
  const firstLeaf = tree * (1 << height) - ((1 << height) - 1)

  function grow(node: number, depth: number, from: number, to: number): void {
    const isLeaf = depth === height || to - from <= 1
    const split = isLeaf ? null : sample.split(from, to)
    if (split) {
      attributes[firstNode + node] = split.attribute
      thresholds[firstNode + node] = split.threshold
      const middle = sample.part(from, to, split)
      grow(2 * node + 1, depth + 1, from, middle)
      grow(2 * node + 2, depth + 1, middle, to)
    } else if (isLeaf) {
      endAt(node, depth, depth + averagePathLength(to - from))
    } else {
      twins.push({ depth, rows: to - from, features: sample.row(from) })
      endAt(node, depth, -twins.length)
    }
  }

  function endAt(node: number, depth: number, length: number): void {
    const below = 1 << (height - depth)
    const leaf = firstLeaf + (node + 1) * below - 1
    pathLengths.fill(length, leaf, leaf + below)
  }

  grow(0, 0, 0, forest.sampleRows)
}

interface Split {
  readonly attribute: number
  readonly threshold: number
}

/** The rows that a tree grows on: a stretch of `order`, which the tree's nodes reorder among themselves. */
class Sample {
  readonly #rows: Rows
  readonly #size: number
  readonly #rng: Rng
  readonly #order: Int32Array
  readonly #attributes: Int32Array

  constructor(rows: Rows, size: number, rng: Rng) {
    this.#rows = rows
    this.#size = size
    this.#rng = rng
    this.#order = Int32Array.from({ length: rows.count }, (_, i) => i)
    this.#attributes = Int32Array.from({ length: rows.width }, (_, j) => j)
  }

  /** Brings a random choice to the front: Fisher & Yates, as far as needed. */
  draw(): void {
    const order = this.#order
    for (let i = 0; i < this.#size; i++) swap(order, i, i + Math.floor(this.#rng.uniform() * (order.length - i)))
  }

  row(at: number): Float64Array {
    const first = this.#order[at]! * this.#rows.width
    return this.#rows.values.slice(first, first + this.#rows.width)
  }

  /** At random among the attributes that differ within the stretch; null when none does. */
  split(from: number, to: number): Split | null {
    const attributes = this.#attributes
    for (let left = attributes.length; left > 0; left--) {
      swap(attributes, Math.floor(this.#rng.uniform() * left), left - 1)
      const attribute = attributes[left - 1]!
      const threshold = this.#threshold(from, to, attribute)
      if (threshold !== null) return { attribute, threshold }
    }
    return null
  }

  /** From the lowest up to, but not including, the highest value; null when they are one. */
  #threshold(from: number, to: number, attribute: number): number | null {
    const { values, width } = this.#rows
    const order = this.#order
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (let i = from; i < to; i++) {
      const x = values[order[i]! * width + attribute]!
      if (x < low) low = x
      if (x > high) high = x
    }
    if (low === high) return null
    const threshold = low + this.#rng.uniform() * (high - low)
    return threshold < high ? threshold : low
  }

  /** Puts the rows at most the threshold first; returns where the others begin. */
  part(from: number, to: number, { attribute, threshold }: Split): number {
    const { values, width } = this.#rows
    const order = this.#order
    let middle = from
    for (let i = from; i < to; i++) {
      if (values[order[i]! * width + attribute]! <= threshold) swap(order, i, middle++)
    }
    return middle
  }
}

function swap(order: Int32Array, i: number, j: number): void {
  const kept = order[i]!
  order[i] = order[j]!
  order[j] = kept
}
