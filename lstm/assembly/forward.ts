import { gate, tanh } from './activations'
import { FLOAT, panelsOf, ROW } from './layout'

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

/** Rows of the batch that go through a step together: their states stay in the cache while the weights pass by. */
const CHUNK: usize = 64

/**
 * `x` [batch, steps, features]; `hidden` and `cell` hold the padded initial state at their start. Without `gates`, `hidden`
 * is two states long, used in turn, and `cell` one. `out` is [batch, steps, units] or, the last step alone, [batch, units].
 * Returns where the last hidden state lies.
 */
export function forward(
  x: usize,
  packed: usize,
  batch: usize,
  steps: usize,
  features: usize,
  units: usize,
  hard: bool,
  gates: usize,
  hidden: usize,
  cell: usize,
  out: usize,
  sequences: bool,
): usize {
  const panels = panelsOf(units)
  const stateBytes = batch * panels * 4 * FLOAT
  const gateBytes = batch * panels * ROW * FLOAT
  let last = hidden
  for (let first: usize = 0; first < batch; first += CHUNK) {
    const end = min(first + CHUNK, batch)
    for (let t: usize = 0; t < steps; t++) {
      const even = (t & 1) == 0
      const before = gates ? hidden + t * stateBytes : even ? hidden : hidden + stateBytes
      const after = gates ? before + stateBytes : even ? hidden + stateBytes : hidden
      const cellBefore = gates ? cell + t * stateBytes : cell
      const cellAfter = gates ? cellBefore + stateBytes : cell
      const gatesNow = gates ? gates + t * gateBytes : 0
      step(x + t * features * FLOAT, steps * features * FLOAT, packed, features, units, hard, first, end, before, after, cellBefore, cellAfter, gatesNow)
      if (sequences) {
        copyRows(after, panels * 4, first, end, out + t * units * FLOAT, steps * units, units)
      }
      last = after
    }
    if (!sequences) copyRows(last, panels * 4, first, end, out, units, units)
  }
  return last
}

/** Rows of `width` numbers from a padded matrix into another, rows `first` to `end` of both. */
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

function step(
  x: usize,
  xStride: usize,
  packed: usize,
  features: usize,
  units: usize,
  hard: bool,
  first: usize,
  end: usize,
  hidden: usize,
  hiddenAfter: usize,
  cell: usize,
  cellAfter: usize,
  gates: usize,
): void {
  const panels = panelsOf(units)
  const panelBytes = (features + units + 1) * ROW * FLOAT
  const stride = panels * 4 * FLOAT
  const single = end - first == 1
  for (let p: usize = 0; p < panels; p++) {
    const panel = packed + p * panelBytes
    const unit = p * 16
    const gateAt = gates ? gates + p * ROW * FLOAT : 0
    if (single) {
      const at = first * stride + unit
      one(x + first * xStride, hidden + first * stride, panel, features, units, hard, cell + at, cellAfter + at, hiddenAfter + at, gateAt ? gateAt + first * stride * 4 : 0)
      continue
    }
    for (let row = first; row < end; row += 2) {
      // The last row of an odd number is computed twice, by both halves of the pair.
      const next = row + 1 < end ? row + 1 : row
      two(
        x + row * xStride, x + next * xStride, hidden + row * stride, hidden + next * stride,
        panel, features, units, hard,
        cell, cellAfter, hiddenAfter, row * stride + unit, next * stride + unit,
        gateAt ? gateAt + row * stride * 4 : 0, gateAt ? gateAt + next * stride * 4 : 0,
      )
    }
  }
}

// @ts-expect-error: a decorator of AssemblyScript's
@inline
function madd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b))
}

/** Four cells of two sequences: eight sums in registers, then their gates. */
function two(
  x0: usize, x1: usize, h0: usize, h1: usize,
  panel: usize, features: usize, units: usize, hard: bool,
  cell: usize, cellAfter: usize, hiddenAfter: usize, at0: usize, at1: usize,
  gates0: usize, gates1: usize,
): void {
  let i0 = v128.load(panel), i1 = i0
  let f0 = v128.load(panel, 16), f1 = f0
  let g0 = v128.load(panel, 32), g1 = g0
  let o0 = v128.load(panel, 48), o1 = o0
  let w = panel + ROW * FLOAT
  for (const stop = w + features * ROW * FLOAT; w < stop; w += ROW * FLOAT, x0 += FLOAT, x1 += FLOAT) {
    const a = v128.load32_splat(x0), b = v128.load32_splat(x1)
    let column = v128.load(w)
    i0 = madd(i0, a, column); i1 = madd(i1, b, column)
    column = v128.load(w, 16)
    f0 = madd(f0, a, column); f1 = madd(f1, b, column)
    column = v128.load(w, 32)
    g0 = madd(g0, a, column); g1 = madd(g1, b, column)
    column = v128.load(w, 48)
    o0 = madd(o0, a, column); o1 = madd(o1, b, column)
  }
  for (const stop = w + units * ROW * FLOAT; w < stop; w += ROW * FLOAT, h0 += FLOAT, h1 += FLOAT) {
    const a = v128.load32_splat(h0), b = v128.load32_splat(h1)
    let column = v128.load(w)
    i0 = madd(i0, a, column); i1 = madd(i1, b, column)
    column = v128.load(w, 16)
    f0 = madd(f0, a, column); f1 = madd(f1, b, column)
    column = v128.load(w, 32)
    g0 = madd(g0, a, column); g1 = madd(g1, b, column)
    column = v128.load(w, 48)
    o0 = madd(o0, a, column); o1 = madd(o1, b, column)
  }
  // Both halves of a doubled row read the cell before either writes it.
  const c0 = v128.load(cell + at0), c1 = v128.load(cell + at1)
  finish(i0, f0, g0, o0, hard, c0, cellAfter + at0, hiddenAfter + at0, gates0)
  finish(i1, f1, g1, o1, hard, c1, cellAfter + at1, hiddenAfter + at1, gates1)
}

/** Four cells of one sequence. Odd and even inputs are summed apart, so that no addition waits for the one before. */
function one(
  x: usize, h: usize,
  panel: usize, features: usize, units: usize, hard: bool,
  cell: usize, cellAfter: usize, hiddenAfter: usize, gates: usize,
): void {
  let i0 = v128.load(panel), f0 = v128.load(panel, 16), g0 = v128.load(panel, 32), o0 = v128.load(panel, 48)
  let i1 = f32x4.splat(0), f1 = i1, g1 = i1, o1 = i1
  let w = panel + ROW * FLOAT
  const xPairs = w + (features & ~1) * ROW * FLOAT
  for (; w < xPairs; w += 2 * ROW * FLOAT, x += 2 * FLOAT) {
    const a = v128.load32_splat(x), b = v128.load32_splat(x, 4)
    i0 = madd(i0, a, v128.load(w)); i1 = madd(i1, b, v128.load(w, 64))
    f0 = madd(f0, a, v128.load(w, 16)); f1 = madd(f1, b, v128.load(w, 80))
    g0 = madd(g0, a, v128.load(w, 32)); g1 = madd(g1, b, v128.load(w, 96))
    o0 = madd(o0, a, v128.load(w, 48)); o1 = madd(o1, b, v128.load(w, 112))
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
    const a = v128.load32_splat(h), b = v128.load32_splat(h, 4)
    i0 = madd(i0, a, v128.load(w)); i1 = madd(i1, b, v128.load(w, 64))
    f0 = madd(f0, a, v128.load(w, 16)); f1 = madd(f1, b, v128.load(w, 80))
    g0 = madd(g0, a, v128.load(w, 32)); g1 = madd(g1, b, v128.load(w, 96))
    o0 = madd(o0, a, v128.load(w, 48)); o1 = madd(o1, b, v128.load(w, 112))
  }
  if (units & 1) {
    const a = v128.load32_splat(h)
    i0 = madd(i0, a, v128.load(w))
    f0 = madd(f0, a, v128.load(w, 16))
    g0 = madd(g0, a, v128.load(w, 32))
    o0 = madd(o0, a, v128.load(w, 48))
  }
  finish(f32x4.add(i0, i1), f32x4.add(f0, f1), f32x4.add(g0, g1), f32x4.add(o0, o1), hard, v128.load(cell), cellAfter, hiddenAfter, gates)
}

/** From four sums to the next state of four cells. */
// @ts-expect-error: a decorator of AssemblyScript's
@inline
function finish(
  i: v128, f: v128, g: v128, o: v128, hard: bool, c: v128, cellAfter: usize, hiddenAfter: usize, gates: usize,
): void {
  const input = gate(i, hard), forget = gate(f, hard), candidate = tanh(g), output = gate(o, hard)
  const next = f32x4.add(f32x4.mul(forget, c), f32x4.mul(input, candidate))
  v128.store(cellAfter, next)
  v128.store(hiddenAfter, f32x4.mul(output, tanh(next)))
  if (gates) {
    v128.store(gates, input)
    v128.store(gates, forget, 16)
    v128.store(gates, candidate, 32)
    v128.store(gates, output, 48)
  }
}
