import type { Flags, Name, Shape, Values } from './problem.suite.ts'

/** An LSTM in float64, without TF.js: Hochreiter & Schmidhuber 1997, forget gate of Gers et al. 2000, Keras's layout. */
export function referenceLstm({ batch, steps, features, units }: Shape, flags: Flags, values: Values) {
  const at = (name: Name, index: number) => values[name]?.values[index] ?? 0
  const gate = flags.hardSigmoid
    ? (x: number) => Math.min(1, Math.max(0, 0.2 * x + 0.5))
    : (x: number) => 1 / (1 + Math.exp(-x))
  const output: number[] = []
  const lastCell: number[] = []
  for (let row = 0; row < batch; row++) {
    let hidden = Array.from({ length: units }, (_, j) => at('hidden', row * units + j))
    let cell = Array.from({ length: units }, (_, j) => at('cell', row * units + j))
    for (let t = 0; t < steps; t++) {
      const sums = Array.from({ length: 4 * units }, (_, column) => {
        let sum = at('bias', column)
        for (let k = 0; k < features; k++) {
          sum += at('x', (row * steps + t) * features + k) * at('kernel', k * 4 * units + column)
        }
        hidden.forEach((h, k) => {
          sum += h * at('recurrentKernel', k * 4 * units + column)
        })
        return sum
      })
      const of = (gate: number, j: number) => sums[gate * units + j] as number
      cell = cell.map((c, j) => gate(of(1, j)) * c + gate(of(0, j)) * Math.tanh(of(2, j)))
      hidden = cell.map((c, j) => gate(of(3, j)) * Math.tanh(c))
      if (flags.returnSequences || t === steps - 1) output.push(...hidden)
    }
    lastCell.push(...cell)
  }
  return { output, lastCell }
}
