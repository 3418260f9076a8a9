import { gate, madd, tanh } from './arithmetic'
import { CHUNK, FLOAT, panelsOf, ROW } from './layout'

/*
 * One LSTM over whole sequences (Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000):
 *   i, f, o = gate(x K + h R + b)    g = tanh(x K + h R + b)    c' = f c + i g    h' = o tanh(c')
 *
 * States are kept padded to whole panels, a row of 4·panels numbers a sequence. Without a history the step before is
 * overwritten; with one, step t of it is written once and step t + 1 reads it:
 *   gates  [steps, batch, 16·panels]      activated, in the panels' order
 *   hidden [steps + 1, batch, 4·panels]   from the initial state on
 *   cell   [steps + 1, batch, 4·panels]   from the initial state on
 */

/** Numbers that `forward` needs for itself. */
export function forwardScratch(units: usize): usize {
  return max(CHUNK, panelsOf(units)) * ROW
}

/**
 * `x` [batch, steps, features]; `hidden` and `cell` hold the padded initial state at their start, zeros unless `initial`. Without `gates` (0),
 * `hidden` is two states long, used in turn, and `cell` one. `out` is [batch, steps, units] or, the last step alone,
 * [batch, units].
 */
export function forward(
  x: usize,
  packed: usize,
  batch: usize,
  steps: usize,
  features: usize,
  units: usize,
  hard: bool,
  initial: bool,
  gates: usize,
  hidden: usize,
  cell: usize,
  out: usize,
  sequences: bool,
  scratch: usize,
): void {
  const stride = panelsOf(units) * 4
  const stateBytes = batch * stride * FLOAT
  const gateBytes = stateBytes * 4
  const xBytes = steps * features * FLOAT
  for (let first: usize = 0; first < batch; first += CHUNK) {
    const rows = min(CHUNK, batch - first)
    const chunk = first * stride * FLOAT
    let before = hidden + chunk
    let after = before + stateBytes
    let cellBefore = cell + chunk
    let cellAfter = gates ? cellBefore + stateBytes : cellBefore
    let gatesNow = gates ? gates + chunk * 4 : 0
    let xNow = x + first * xBytes
    for (let t: usize = 0; t < steps; t++) {
      const inputs = t > 0 || initial ? units : 0
      step(
        xNow,
        xBytes,
        packed,
        features,
        units,
        inputs,
        hard,
        rows,
        before,
        after,
        cellBefore,
        cellAfter,
        gatesNow,
        scratch,
      )
      if (sequences) copyRows(after, stride, 0, rows, out + (first * steps + t) * units * FLOAT, steps * units, units)
      else if (t === steps - 1) copyRows(after, stride, 0, rows, out + first * units * FLOAT, units, units)
      xNow += features * FLOAT
      if (gates) {
        before = after
        after += stateBytes
        cellBefore = cellAfter
        cellAfter += stateBytes
        gatesNow += gateBytes
      } else {
        const written = after
        after = before
        before = written
      }
    }
  }
}

/** Rows of `width` numbers from one matrix into another, rows `first` to `end` of both. */
export function copyRows(
  from: usize,
  fromStride: usize,
  first: usize,
  end: usize,
  to: usize,
  toStride: usize,
  width: usize,
): void {
  for (let row = first; row < end; row++) {
    memory.copy(to + row * toStride * FLOAT, from + row * fromStride * FLOAT, width * FLOAT)
  }
}

/*
 * First the sums of a whole column of cells, then their activations: apart, since a cell's activations wait for one another,
 * and the processor must have other cells to go on with. `inputs` is how many of the hidden state's numbers may be other than zero.
 */
function step(
  x: usize,
  xBytes: usize,
  packed: usize,
  features: usize,
  units: usize,
  inputs: usize,
  hard: bool,
  rows: usize,
  hidden: usize,
  hiddenAfter: usize,
  cell: usize,
  cellAfter: usize,
  gates: usize,
  sums: usize,
): void {
  const panels = panelsOf(units)
  const panelBytes = (features + units + 1) * ROW * FLOAT
  const stateBytes = panels * 16
  if (rows === 1) {
    for (let p: usize = 0; p < panels; p++)
      sumsOfOne(x, hidden, packed + p * panelBytes, features, inputs, sums + p * ROW * FLOAT)
    cells(sums, panels, hard, cell, cellAfter, hiddenAfter, 16, gates)
    return
  }
  for (let p: usize = 0; p < panels; p++) {
    const panel = packed + p * panelBytes
    for (let row: usize = 0; row < rows; row += 2) {
      // The last of an odd number of rows is summed twice, as both halves of its pair.
      const next = min(row + 1, rows - 1)
      sumsOfTwo(
        x + row * xBytes,
        x + next * xBytes,
        hidden + row * stateBytes,
        hidden + next * stateBytes,
        panel,
        features,
        inputs,
        sums + row * ROW * FLOAT,
        sums + next * ROW * FLOAT,
      )
    }
    const unit = p * 16
    cells(
      sums,
      rows,
      hard,
      cell + unit,
      cellAfter + unit,
      hiddenAfter + unit,
      stateBytes,
      gates ? gates + p * ROW * FLOAT : 0,
    )
  }
}

/** Four cells' gates of two sequences. */
function sumsOfTwo(
  x0: usize,
  x1: usize,
  h0: usize,
  h1: usize,
  panel: usize,
  features: usize,
  units: usize,
  to0: usize,
  to1: usize,
): void {
  let i0 = v128.load(panel),
    f0 = v128.load(panel, 16),
    g0 = v128.load(panel, 32),
    o0 = v128.load(panel, 48)
  let i1 = i0,
    f1 = f0,
    g1 = g0,
    o1 = o0
  let w = panel + ROW * FLOAT
  for (const stop = w + features * ROW * FLOAT; w < stop; w += ROW * FLOAT, x0 += FLOAT, x1 += FLOAT) {
    const a = v128.load32_splat(x0),
      b = v128.load32_splat(x1)
    let column = v128.load(w)
    i0 = madd(i0, a, column)
    i1 = madd(i1, b, column)
    column = v128.load(w, 16)
    f0 = madd(f0, a, column)
    f1 = madd(f1, b, column)
    column = v128.load(w, 32)
    g0 = madd(g0, a, column)
    g1 = madd(g1, b, column)
    column = v128.load(w, 48)
    o0 = madd(o0, a, column)
    o1 = madd(o1, b, column)
  }
  for (const stop = w + units * ROW * FLOAT; w < stop; w += ROW * FLOAT, h0 += FLOAT, h1 += FLOAT) {
    const a = v128.load32_splat(h0),
      b = v128.load32_splat(h1)
    let column = v128.load(w)
    i0 = madd(i0, a, column)
    i1 = madd(i1, b, column)
    column = v128.load(w, 16)
    f0 = madd(f0, a, column)
    f1 = madd(f1, b, column)
    column = v128.load(w, 32)
    g0 = madd(g0, a, column)
    g1 = madd(g1, b, column)
    column = v128.load(w, 48)
    o0 = madd(o0, a, column)
    o1 = madd(o1, b, column)
  }
  v128.store(to0, i0)
  v128.store(to0, f0, 16)
  v128.store(to0, g0, 32)
  v128.store(to0, o0, 48)
  v128.store(to1, i1)
  v128.store(to1, f1, 16)
  v128.store(to1, g1, 32)
  v128.store(to1, o1, 48)
}

/** Four cells' gates of one sequence. Odd and even inputs are summed apart, so that no addition waits for the one before. */
function sumsOfOne(x: usize, h: usize, panel: usize, features: usize, units: usize, to: usize): void {
  let i0 = v128.load(panel),
    f0 = v128.load(panel, 16),
    g0 = v128.load(panel, 32),
    o0 = v128.load(panel, 48)
  let i1 = f32x4.splat(0),
    f1 = i1,
    g1 = i1,
    o1 = i1
  let w = panel + ROW * FLOAT
  const xPairs = w + (features & ~1) * ROW * FLOAT
  for (; w < xPairs; w += 2 * ROW * FLOAT, x += 2 * FLOAT) {
    const a = v128.load32_splat(x),
      b = v128.load32_splat(x, 4)
    i0 = madd(i0, a, v128.load(w))
    i1 = madd(i1, b, v128.load(w, 64))
    f0 = madd(f0, a, v128.load(w, 16))
    f1 = madd(f1, b, v128.load(w, 80))
    g0 = madd(g0, a, v128.load(w, 32))
    g1 = madd(g1, b, v128.load(w, 96))
    o0 = madd(o0, a, v128.load(w, 48))
    o1 = madd(o1, b, v128.load(w, 112))
  }
  if (features & 1) {
    const a = v128.load32_splat(x)
    i0 = madd(i0, a, v128.load(w))
    f0 = madd(f0, a, v128.load(w, 16))
    g0 = madd(g0, a, v128.load(w, 32))
    o0 = madd(o0, a, v128.load(w, 48))
    w += ROW * FLOAT
  }
  const hPairs = w + (units & ~1) * ROW * FLOAT
  for (; w < hPairs; w += 2 * ROW * FLOAT, h += 2 * FLOAT) {
    const a = v128.load32_splat(h),
      b = v128.load32_splat(h, 4)
    i0 = madd(i0, a, v128.load(w))
    i1 = madd(i1, b, v128.load(w, 64))
    f0 = madd(f0, a, v128.load(w, 16))
    f1 = madd(f1, b, v128.load(w, 80))
    g0 = madd(g0, a, v128.load(w, 32))
    g1 = madd(g1, b, v128.load(w, 96))
    o0 = madd(o0, a, v128.load(w, 48))
    o1 = madd(o1, b, v128.load(w, 112))
  }
  if (units & 1) {
    const a = v128.load32_splat(h)
    i0 = madd(i0, a, v128.load(w))
    f0 = madd(f0, a, v128.load(w, 16))
    g0 = madd(g0, a, v128.load(w, 32))
    o0 = madd(o0, a, v128.load(w, 48))
  }
  v128.store(to, f32x4.add(i0, i1))
  v128.store(to, f32x4.add(f0, f1), 16)
  v128.store(to, f32x4.add(g0, g1), 32)
  v128.store(to, f32x4.add(o0, o1), 48)
}

/** From the sums of `count` times four cells to their next states, which lie `stateBytes` apart. */
function cells(
  sums: usize,
  count: usize,
  hard: bool,
  cell: usize,
  cellAfter: usize,
  hiddenAfter: usize,
  stateBytes: usize,
  gates: usize,
): void {
  for (let n: usize = 0; n < count; n++) {
    const input = gate(v128.load(sums), hard),
      forget = gate(v128.load(sums, 16), hard)
    const candidate = tanh(v128.load(sums, 32)),
      output = gate(v128.load(sums, 48), hard)
    const next = f32x4.add(f32x4.mul(forget, v128.load(cell)), f32x4.mul(input, candidate))
    v128.store(cellAfter, next)
    v128.store(hiddenAfter, f32x4.mul(output, tanh(next)))
    if (gates) {
      v128.store(gates, input)
      v128.store(gates, forget, 16)
      v128.store(gates, candidate, 32)
      v128.store(gates, output, 48)
      gates += stateBytes * 4
    }
    sums += ROW * FLOAT
    cell += stateBytes
    cellAfter += stateBytes
    hiddenAfter += stateBytes
  }
}
