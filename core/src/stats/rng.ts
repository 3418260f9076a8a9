/** A stream of random numbers that is the same on every machine for the same seed. */
export interface Rng {
  /** A whole number from 0 to 2³² − 1. */
  uint32(): number
  /** From 0 up to, but not including, 1; 53 random bits. */
  uniform(): number
  /** Mean 0, standard deviation 1. */
  normal(): number
}

/** Equal seeds give equal streams; different seeds, neighbours too, give unrelated ones. `seed` is taken modulo 2³². */
export function makeRng(seed: number): Rng {
  const next = splitMix32(seed)
  return withDistributions(xoshiro128([next(), next(), next(), next()]))
}

type State = [number, number, number, number]

/** xoshiro128** 1.1 from a state that is not all zero. After Blackman & Vigna, ACM Trans. Math. Softw. 47(4), 2021. */
export function xoshiro128([a, b, c, d]: Readonly<State>): () => number {
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9)
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return result >>> 0
  }
}

// Spreads a seed over a state with another kind of generator, as the authors of xoshiro advise: a Weyl sequence
// through Wellons' lowbias32 (github.com/skeeto/hash-prospector), which was searched for by exhaustively measured bias.
function splitMix32(seed: number): () => number {
  let weyl = seed | 0
  return () => {
    weyl = (weyl + 0x9e3779b9) | 0
    let x = weyl ^ (weyl >>> 16)
    x = Math.imul(x, 0x7feb352d)
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
    return (x ^ (x >>> 16)) >>> 0
  }
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits))
}

function withDistributions(uint32: () => number): Rng {
  let spare: number | null = null
  // 27 + 26 bits: every result is a multiple of 2⁻⁵³, which a double holds exactly.
  const uniform = () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53
  // Polar method: Marsaglia & Bray, SIAM Review 6(3), 1964. It needs no sine, only a logarithm and a root.
  const normal = () => {
    if (spare !== null) {
      const kept = spare
      spare = null
      return kept
    }
    let u: number
    let v: number
    let s: number
    do {
      u = 2 * uniform() - 1
      v = 2 * uniform() - 1
      s = u * u + v * v
    } while (s >= 1 || s === 0)
    const scale = Math.sqrt((-2 * Math.log(s)) / s)
    spare = v * scale
    return u * scale
  }
  return { uint32, uniform, normal }
}
