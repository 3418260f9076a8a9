import { describe, expect, it } from 'vitest'
import { faultOf } from '../bar.ts'
import type { Bar, Ms } from '../types.ts'
import { inject, injectAlone } from './inject.ts'
import { type InjectionKind, injectionKinds, injectionSizes } from './inject-kinds.ts'
import { syntheticYear } from './synthetic.ts'

const hourMs = 3_600_000
const from = Date.UTC(2021, 0, 1) as Ms
const { bars } = syntheticYear({ seed: 2, from, to: (from + 2_000 * hourMs) as Ms }).series
const yardstick = { scale: 0.01, usualVolume: 100 }
const yardsticks = bars.map(() => yardstick)
const options = { seed: 1, everyBars: 100 }
const written = (kind: InjectionKind) => inject(bars, yardsticks, kind, options)
const at = (of: readonly Bar[], i: number) => of[i] as Bar

describe.each(injectionKinds)('%s', kind => {
  const { bars: faulty, injections } = written(kind)

  it('every bar is valid, and keeps its time', () => {
    expect(faulty.map(faultOf).filter(fault => fault !== null)).toEqual([])
    expect(faulty.map(bar => bar.ts)).toEqual(bars.map(bar => bar.ts))
  })

  it('there is one fault per part, far apart, every size in turn; the same seed gives the same faults', () => {
    expect(injections).toHaveLength(20)
    expect(injections.slice(1).every(({ first }, i) => first - injections[i]!.last >= 25)).toBe(true)
    expect(injections.slice(0, 4).map(({ size }) => size)).toEqual(
      [...injectionSizes[kind], ...injectionSizes[kind]].slice(0, 4),
    )
    expect(written(kind).bars).toEqual(faulty)
  })

  it('alone, the first one is written as it is among the others', () => {
    const { first, last } = injections[0]!
    expect(injectAlone(bars, injections[0]!, yardstick)).toEqual(faulty.slice(first, last + 1))
    expect(
      injectAlone(bars, injections[9]!, yardstick)
        .map(faultOf)
        .filter(fault => fault !== null),
    ).toEqual([])
  })

  it('another seed puts them elsewhere, and without a scale there is no fault', () => {
    expect(inject(bars, yardsticks, kind, { ...options, seed: 2 }).injections).not.toEqual(injections)
    expect(inject(bars, bars.map(() => null), kind, options)).toEqual({ bars, injections: [] }) // biome-ignore format: one line
  })

  it('bars outside of the faults are untouched', () => {
    if (kind === 'level shift') return
    const inside = new Set(injections.flatMap(({ first, last }) => bars.map((_, i) => i).slice(first, last + 1)))
    expect(faulty.filter((_, i) => !inside.has(i))).toEqual(bars.filter((_, i) => !inside.has(i)))
    expect(faulty).not.toEqual(bars)
  })
})

describe('faults have their stated sizes', () => {
  it('spike: the close moves by the size in S and the next bar begins there, its close as it was', () => {
    const { bars: faulty, injections } = written('spike')
    const { first, last, size } = injections[0]!
    expect(Math.log(at(faulty, first).close / at(bars, first).close)).toBeCloseTo(size * 0.01, 10)
    expect(at(faulty, last).open).toBe(at(faulty, first).close)
    expect(at(faulty, last).close).toBe(at(bars, last).close)
  })

  it('level shift: all prices after it stand so much elsewhere; a full turn up and down ends where it began', () => {
    const { bars: faulty, injections } = written('level shift')
    const after = injections[0]!.last + 1
    expect(Math.log(at(faulty, after).low / at(bars, after).low)).toBeCloseTo(0.04, 10)
    const turned = injections[7]!.last + 1
    expect(at(faulty, turned).close / at(bars, turned).close).toBeCloseTo(1, 10)
  })

  it('volatility burst: six bars at least as wide as its size; flat line: as many bars as its size without a move', () => {
    const burst = written('volatility burst')
    const { first, last, size } = burst.injections[1]!
    expect(last - first).toBe(5)
    for (const { high, low } of burst.bars.slice(first, last + 1)) {
      expect(Math.log(high / low)).toBeGreaterThanOrEqual(size * 0.01 - 1e-9)
    }
    const flat = written('flat line')
    const still = flat.injections[0]!
    expect(still.last - still.first + 1).toBe(still.size)
    for (const { high, low } of flat.bars.slice(still.first, still.last + 1)) expect(high).toBe(low)
  })

  it('bad tick: ten times, or one digit five off', () => {
    const { bars: faulty, injections } = written('bad tick')
    const [tenfold, slip] = [injections[0]!.first, injections[1]!.first]
    expect(at(faulty, tenfold).high).toBeCloseTo(10 * at(bars, tenfold).high, 6)
    const off = Math.abs(at(faulty, slip).close - at(bars, slip).close)
    expect(off).toBeCloseTo(5 * 10 ** (Math.floor(Math.log10(at(bars, slip).close)) - 1), 6)
  })
})
