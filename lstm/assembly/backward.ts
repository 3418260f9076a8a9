import { gateSlope, madd, tanh, tanhSlope } from './arithmetic'
import { CHUNK, FLOAT, panelsOf, ROW } from './layout'

/* Backpropagation through time (Werbos 1990) over the history that `forward` kept. */

/** Numbers that `backward` needs for itself: the gradients of a chunk's gates, and of its states, in whole panels of 16. */
export function backwardScratch(batch: usize, features: usize, units: usize): usize {
  const rows = min(batch, CHUNK)
  return rows * (panelsOf(units) * ROW + roundUp(units) + roundUp(features))
}

/**
 * `outGradient` is of what `forward` put out. `transposed` is the recurrent kernel through `packTransposed`,
 * `inputTransposed` the kernel (0: the input's gradient isn't wanted). `cellGradient` [batch, 4·panels] holds the gradient of
 * the last cell and ends as that of the initial one. `hiddenGradient` [batch, units] ends as that of the initial hidden state,
 * and is left alone (0) where that was zeros. `weightGradient`, in panels, is added to.
 */
export function backward(
  x: usize,
  batch: usize,
  steps: usize,
  features: usize,
  units: usize,
  hard: bool,
  gates: usize,
  hidden: usize,
  cell: usize,
  outGradient: usize,
  sequences: bool,
  transposed: usize,
  inputTransposed: usize,
  scratch: usize,
  weightGradient: usize,
  inputGradient: usize,
  hiddenGradient: usize,
  cellGradient: usize,
): void {
  const panels = panelsOf(units)
  const wide = panels * ROW
  const stateBytes = batch * panels * 4 * FLOAT
  const hiddenStride = roundUp(units)
  const sums = scratch
  const hiddenSum = sums + min(batch, CHUNK) * wide * FLOAT
  const inputSum = hiddenSum + min(batch, CHUNK) * hiddenStride * FLOAT
  const initial = hiddenGradient !== 0
  for (let first: usize = 0; first < batch; first += CHUNK) {
    const rows = min(CHUNK, batch - first)
    memory.fill(hiddenSum, 0, rows * hiddenStride * FLOAT)
    const stateAt = first * panels * 4 * FLOAT
    for (let back: usize = 0; back < steps; back++) {
      const t = steps - 1 - back
      const ofStep = sequences ? outGradient + (first * steps + t) * units * FLOAT : outGradient + first * units * FLOAT
      if (sequences || back === 0) {
        addRows(ofStep, (sequences ? steps : 1) * units, rows, hiddenSum, hiddenStride, units)
      }
      const before = stateAt + t * stateBytes
      gateGradients(
        gates + (t * batch + first) * wide * FLOAT,
        cell + before,
        cell + before + stateBytes,
        hiddenSum,
        hiddenStride,
        cellGradient + stateAt,
        rows,
        panels,
        hard,
        sums,
      )
      const xAt = x + (first * steps + t) * features * FLOAT
      const fed = t > 0 || initial
      weightGradients(xAt, steps * features, hidden + before, fed, sums, rows, features, units, weightGradient)
      if (fed) product(sums, wide, transposed, rows, units, hiddenSum)
      if (inputTransposed) {
        product(sums, wide, inputTransposed, rows, features, inputSum)
        for (let row: usize = 0; row < rows; row++) {
          const to = inputGradient + ((first + row) * steps + t) * features * FLOAT
          memory.copy(to, inputSum + row * roundUp(features) * FLOAT, features * FLOAT)
        }
      }
    }
    for (let row: usize = 0; initial && row < rows; row++) {
      memory.copy(hiddenGradient + (first + row) * units * FLOAT, hiddenSum + row * hiddenStride * FLOAT, units * FLOAT)
    }
  }
}

function roundUp(count: usize): usize {
  return (count + 15) & ~15
}

function addRows(from: usize, fromStride: usize, rows: usize, to: usize, toStride: usize, width: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    const a = from + row * fromStride * FLOAT
    const b = to + row * toStride * FLOAT
    let j: usize = 0
    for (; j + 4 <= width; j += 4) {
      v128.store(b + j * FLOAT, f32x4.add(v128.load(b + j * FLOAT), v128.load(a + j * FLOAT)))
    }
    for (; j < width; j++) store<f32>(b + j * FLOAT, load<f32>(b + j * FLOAT) + load<f32>(a + j * FLOAT))
  }
}

/** From the gradients of hidden state and cell to those of the sums inside the gates, and of the cell before. */
function gateGradients(
  gates: usize,
  cellBefore: usize,
  cellAfter: usize,
  hiddenSum: usize,
  hiddenStride: usize,
  cellGradient: usize,
  rows: usize,
  panels: usize,
  hard: bool,
  sums: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    for (let p: usize = 0; p < panels; p++) {
      const at = (row * panels + p) * ROW * FLOAT
      const state = (row * panels + p) * 16
      const input = v128.load(gates + at)
      const forget = v128.load(gates + at, 16)
      const candidate = v128.load(gates + at, 32)
      const output = v128.load(gates + at, 48)
      const squashed = tanh(v128.load(cellAfter + state))
      const dHidden = v128.load(hiddenSum + row * hiddenStride * FLOAT + p * 16)
      const dCell = f32x4.add(
        v128.load(cellGradient + state),
        f32x4.mul(f32x4.mul(dHidden, output), tanhSlope(squashed)),
      )
      v128.store(cellGradient + state, f32x4.mul(dCell, forget))
      const to = sums + at
      v128.store(to, f32x4.mul(f32x4.mul(dCell, candidate), gateSlope(input, hard)))
      v128.store(to, f32x4.mul(f32x4.mul(dCell, v128.load(cellBefore + state)), gateSlope(forget, hard)), 16)
      v128.store(to, f32x4.mul(f32x4.mul(dCell, input), tanhSlope(candidate)), 32)
      v128.store(to, f32x4.mul(f32x4.mul(dHidden, squashed), gateSlope(output, hard)), 48)
    }
  }
}

/** Adds [1, x, h]ᵀ · sums, panel by panel; without the hidden state where that isn't `fed`. */
function weightGradients(
  x: usize,
  xStride: usize,
  hidden: usize,
  fed: bool,
  sums: usize,
  rows: usize,
  features: usize,
  units: usize,
  gradient: usize,
): void {
  const panels = panelsOf(units)
  const sumBytes = panels * ROW * FLOAT
  const panelBytes = (features + units + 1) * ROW * FLOAT
  for (let p: usize = 0; p < panels; p++) {
    const panel = sums + p * ROW * FLOAT
    let to = gradient + p * panelBytes
    biasGradient(panel, sumBytes, rows, to)
    to += ROW * FLOAT
    to = outer(x, xStride * FLOAT, panel, sumBytes, rows, features, to)
    if (fed) outer(hidden, panels * 4 * FLOAT, panel, sumBytes, rows, units, to)
  }
}

function biasGradient(panel: usize, stride: usize, rows: usize, to: usize): void {
  let a = v128.load(to),
    b = v128.load(to, 16),
    c = v128.load(to, 32),
    d = v128.load(to, 48)
  for (const stop = panel + rows * stride; panel < stop; panel += stride) {
    a = f32x4.add(a, v128.load(panel))
    b = f32x4.add(b, v128.load(panel, 16))
    c = f32x4.add(c, v128.load(panel, 32))
    d = f32x4.add(d, v128.load(panel, 48))
  }
  v128.store(to, a)
  v128.store(to, b, 16)
  v128.store(to, c, 32)
  v128.store(to, d, 48)
}

/** Adds aᵀ · panel to `to` [width, 16], two rows of it at a time; returns where it ends. */
function outer(a: usize, aBytes: usize, panel: usize, panelBytes: usize, rows: usize, width: usize, to: usize): usize {
  let k: usize = 0
  for (; k + 2 <= width; k += 2, to += 2 * ROW * FLOAT) {
    let a0 = v128.load(to),
      a1 = v128.load(to, 16),
      a2 = v128.load(to, 32),
      a3 = v128.load(to, 48)
    let b0 = v128.load(to, 64),
      b1 = v128.load(to, 80),
      b2 = v128.load(to, 96),
      b3 = v128.load(to, 112)
    let from = a + k * FLOAT
    let row = panel
    for (const stop = panel + rows * panelBytes; row < stop; row += panelBytes, from += aBytes) {
      const s = v128.load32_splat(from),
        r = v128.load32_splat(from, 4)
      let column = v128.load(row)
      a0 = madd(a0, s, column)
      b0 = madd(b0, r, column)
      column = v128.load(row, 16)
      a1 = madd(a1, s, column)
      b1 = madd(b1, r, column)
      column = v128.load(row, 32)
      a2 = madd(a2, s, column)
      b2 = madd(b2, r, column)
      column = v128.load(row, 48)
      a3 = madd(a3, s, column)
      b3 = madd(b3, r, column)
    }
    v128.store(to, a0)
    v128.store(to, a1, 16)
    v128.store(to, a2, 32)
    v128.store(to, a3, 48)
    v128.store(to, b0, 64)
    v128.store(to, b1, 80)
    v128.store(to, b2, 96)
    v128.store(to, b3, 112)
  }
  if (k < width) {
    let a0 = v128.load(to),
      a1 = v128.load(to, 16),
      a2 = v128.load(to, 32),
      a3 = v128.load(to, 48)
    let from = a + k * FLOAT
    let row = panel
    for (const stop = panel + rows * panelBytes; row < stop; row += panelBytes, from += aBytes) {
      const s = v128.load32_splat(from)
      a0 = madd(a0, s, v128.load(row))
      a1 = madd(a1, s, v128.load(row, 16))
      a2 = madd(a2, s, v128.load(row, 32))
      a3 = madd(a3, s, v128.load(row, 48))
    }
    v128.store(to, a0)
    v128.store(to, a1, 16)
    v128.store(to, a2, 32)
    v128.store(to, a3, 48)
    to += ROW * FLOAT
  }
  return to
}

/** out = sums · transposed: rows of `wide` numbers by panels of 16 columns, `width` columns rounded up to whole panels. */
function product(sums: usize, wide: usize, transposed: usize, rows: usize, width: usize, out: usize): void {
  const stride = roundUp(width) * FLOAT
  const wideBytes = wide * FLOAT
  for (let q: usize = 0; q < stride; q += ROW * FLOAT, transposed += wide * ROW * FLOAT) {
    for (let row: usize = 0; row < rows; row += 2) {
      const next = row + 1 < rows ? row + 1 : row
      let a = sums + row * wideBytes,
        b = sums + next * wideBytes
      let a0 = f32x4.splat(0),
        a1 = a0,
        a2 = a0,
        a3 = a0,
        b0 = a0,
        b1 = a0,
        b2 = a0,
        b3 = a0
      let w = transposed
      for (const stop = w + wide * ROW * FLOAT; w < stop; w += ROW * FLOAT, a += FLOAT, b += FLOAT) {
        const s = v128.load32_splat(a),
          r = v128.load32_splat(b)
        let column = v128.load(w)
        a0 = madd(a0, s, column)
        b0 = madd(b0, r, column)
        column = v128.load(w, 16)
        a1 = madd(a1, s, column)
        b1 = madd(b1, r, column)
        column = v128.load(w, 32)
        a2 = madd(a2, s, column)
        b2 = madd(b2, r, column)
        column = v128.load(w, 48)
        a3 = madd(a3, s, column)
        b3 = madd(b3, r, column)
      }
      const to = out + row * stride + q,
        too = out + next * stride + q
      v128.store(to, a0)
      v128.store(to, a1, 16)
      v128.store(to, a2, 32)
      v128.store(to, a3, 48)
      v128.store(too, b0)
      v128.store(too, b1, 16)
      v128.store(too, b2, 32)
      v128.store(too, b3, 48)
    }
  }
}
