/*
 * How weights lie while the kernel works. Units are taken in panels of four, the last one padded with zeros. A panel holds
 * a row for the bias, one for each feature and one for each unit; a row is 16 numbers: its four units' input gates, forget
 * gates, candidates and output gates. So one pass over a panel yields whole cells, and its activations need no second one.
 * Keras lays all input gates side by side, then all forget gates, and so on.
 */

export const FLOAT: usize = 4
/** Numbers in a panel's row: four gates of four units. */
export const ROW: usize = 16

/** Rows of the batch that go through a step together: their states stay in the cache while the weights pass by. */
export const CHUNK: usize = 64

export function panelsOf(units: usize): usize {
  return (units + 3) >> 2
}

export function clear(from: usize, count: usize): void {
  memory.fill(from, 0, count * FLOAT)
}

/** Keras's kernel [features, 4 units], recurrent kernel [units, 4 units] and bias [4 units] (0: none) into panels. */
export function pack(kernel: usize, recurrent: usize, bias: usize, features: usize, units: usize, packed: usize): void {
  const panelBytes = (features + units + 1) * ROW * FLOAT
  for (let p: usize = 0, to = packed; p < panelsOf(units); p++, to += panelBytes) {
    const unit = p << 2
    if (bias) packRow(bias, unit, units, to)
    else memory.fill(to, 0, ROW * FLOAT)
    let row = to + ROW * FLOAT
    for (let k: usize = 0; k < features; k++, row += ROW * FLOAT)
      packRow(kernel + k * 4 * units * FLOAT, unit, units, row)
    for (let k: usize = 0; k < units; k++, row += ROW * FLOAT)
      packRow(recurrent + k * 4 * units * FLOAT, unit, units, row)
  }
}

/** The reverse of `pack`, for gradients. */
export function unpack(
  packed: usize,
  features: usize,
  units: usize,
  kernel: usize,
  recurrent: usize,
  bias: usize,
): void {
  const panelBytes = (features + units + 1) * ROW * FLOAT
  for (let p: usize = 0, from = packed; p < panelsOf(units); p++, from += panelBytes) {
    const unit = p << 2
    unpackRow(from, unit, units, bias)
    let row = from + ROW * FLOAT
    for (let k: usize = 0; k < features; k++, row += ROW * FLOAT)
      unpackRow(row, unit, units, kernel + k * 4 * units * FLOAT)
    for (let k: usize = 0; k < units; k++, row += ROW * FLOAT)
      unpackRow(row, unit, units, recurrent + k * 4 * units * FLOAT)
  }
}

/**
 * A matrix [rows, 4 units] transposed into panels of 16 rows: [rows / 16][16 · units / 4][16], the columns in the order in
 * which `pack` has them. So gradients of the gates are carried back to what fed them.
 */
export function packTransposed(matrix: usize, rows: usize, units: usize, packed: usize): void {
  const wide = panelsOf(units) * ROW
  let to = packed
  for (let first: usize = 0; first < rows; first += ROW) {
    for (let column: usize = 0; column < wide; column++) {
      const unit = ((column >> 4) << 2) + (column & 3)
      const from = ((column & 15) >> 2) * units + unit
      for (let j: usize = 0; j < ROW; j++, to += FLOAT) {
        const row = first + j
        const inside = unit < units && row < rows
        store<f32>(to, inside ? load<f32>(matrix + (row * 4 * units + from) * FLOAT) : 0)
      }
    }
  }
}

function packRow(from: usize, unit: usize, units: usize, to: usize): void {
  for (let g: usize = 0; g < 4; g++) {
    const source = from + (g * units + unit) * FLOAT
    const target = to + g * 16
    if (unit + 4 <= units) {
      v128.store(target, v128.load(source))
    } else {
      v128.store(target, i64x2.splat(0))
      for (let j: usize = 0; unit + j < units; j++) store<f32>(target + j * FLOAT, load<f32>(source + j * FLOAT))
    }
  }
}

function unpackRow(from: usize, unit: usize, units: usize, to: usize): void {
  for (let g: usize = 0; g < 4; g++) {
    for (let j: usize = 0; j < 4 && unit + j < units; j++) {
      store<f32>(to + (g * units + unit + j) * FLOAT, load<f32>(from + g * 16 + j * FLOAT))
    }
  }
}
