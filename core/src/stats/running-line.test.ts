import { describe, expect, it } from 'vitest'
import { makeRng } from './rng.ts'
import { RunningLine } from './running-line.ts'

function taught(pairs: readonly (readonly [number, number])[], halfLife = 500): RunningLine {
  const line = new RunningLine(halfLife)
  for (const [x, y] of pairs) line.learn(x, y)
  return line
}

function noisy(slope: number, deviation: number, count: number): [number, number][] {
  const rng = makeRng(3)
  return Array.from({ length: count }, () => {
    const x = rng.normal()
    return [x, 2 + slope * x + deviation * rng.normal()]
  })
}

describe('RunningLine', () => {
  it('without data, half a unit above is one deviation', () => {
    expect(new RunningLine(100).residual(3, 0.5)).toBeCloseTo(1, 12)
  })

  it('y = 2 + 1.5 x with deviation .3: the line leaves no more than that unexplained', () => {
    const line = taught(noisy(1.5, 0.3, 5_000))
    expect(line.residual(1, 3.5)).toBeCloseTo(0, 0)
    expect(line.residual(1, 3.5 + 0.9) - line.residual(1, 3.5)).toBeCloseTo(3, 0)
    // Without the line, 4.4 would be an ordinary y: its own deviation is 1.53.
    expect(line.residual(-1, 4.4)).toBeGreaterThan(10)
  })

  it('after ten half-lives of another slope it is that slope', () => {
    const line = taught([...noisy(1.5, 0.3, 3_000), ...noisy(-1, 0.3, 3_000)], 300)
    expect(Math.abs(line.residual(2, 0))).toBeLessThan(1)
  })

  it('one pair a million off is learned as six deviations', () => {
    const pairs = noisy(1.5, 0.3, 2_000)
    const [before, after] = [taught(pairs), taught([...pairs, [0, 1e6]])]
    expect(after.residual(0, 3.5) / before.residual(0, 3.5)).toBeGreaterThan(0.9)
  })

  it('pairs that all stand still leave a residual finite', () => {
    const line = taught(
      Array.from({ length: 5_000 }, () => [1, 1] as const),
      50,
    )
    expect(line.residual(1, 2)).toBeCloseTo(20, 6)
    expect(Number.isFinite(line.residual(-50, 2))).toBe(true)
  })

  it('saved and loaded, goes on to the last bit', () => {
    const [a, b] = [taught(noisy(1, 0.3, 100)), new RunningLine(500)]
    b.load(a.save())
    for (const line of [a, b]) line.learn(0.3, 0.1)
    expect(b.residual(0.1, 0.7)).toBe(a.residual(0.1, 0.7))
  })
})
