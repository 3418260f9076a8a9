/**
 * The inverse of the lower Cholesky factor of a symmetric matrix, as packed rows (1, 2, … width numbers): it turns a
 * vector of that covariance into one of independent unit variances. matrix: [width, width]; null when it is not positive definite.
 */
export function whitener(matrix: ArrayLike<number>, width: number): Float64Array | null {
  const factor = cholesky(matrix, width)
  return factor && inverseOf(factor, width)
}

/** Packed lower factor L of matrix = L Lᵀ; null when it is not positive definite. After Golub & Van Loan, §4.2. */
export function cholesky(matrix: ArrayLike<number>, width: number): Float64Array | null {
  const factor = new Float64Array(triangleOf(width))
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * width + j]!
      for (let m = 0; m < j; m++) rest -= factor[packed(i, m)]! * factor[packed(j, m)]!
      if (i > j) factor[packed(i, j)] = rest / factor[packed(j, j)]!
      else if (rest > 0) factor[packed(i, i)] = Math.sqrt(rest)
      else return null
    }
  }
  return factor
}

// Forward substitution, one column of the unit matrix at a time.
function inverseOf(factor: Float64Array, width: number): Float64Array {
  const inverse = new Float64Array(factor.length)
  for (let j = 0; j < width; j++) {
    inverse[packed(j, j)] = 1 / factor[packed(j, j)]!
    for (let i = j + 1; i < width; i++) {
      let sum = 0
      for (let m = j; m < i; m++) sum -= factor[packed(i, m)]! * inverse[packed(m, j)]!
      inverse[packed(i, j)] = sum / factor[packed(i, i)]!
    }
  }
  return inverse
}

/** Where row i, column j ≤ i of a lower triangle stands when its rows follow each other. */
export const packed = (i: number, j: number) => triangleOf(i) + j

/** Numbers in a lower triangle. Halved by a shift: a division makes an index a float, and loops that count from it twice as slow. */
export const triangleOf = (width: number) => (width * (width + 1)) >> 1
