import { nth } from '../nth.ts'
import { makeRng } from '../stats/rng.ts'
import type { Bar } from '../types.ts'
import { distort, type Injection, type InjectionKind, injectionSizes, spanOf, type Yardstick } from './inject-kinds.ts'

export interface Injected {
  readonly bars: readonly Bar[]
  /** Oldest first, far apart. */
  readonly injections: readonly Injection[]
}

export interface InjectOptions {
  readonly seed: number
  /** Bars in a stretch; each gets one fault. */
  readonly everyBars: number
}

// A fault lies in the middle half of its stretch, so that two are never nearer than half a stretch.
const margin = 0.25

/**
 * A copy of the bars with faults of one kind, one in each stretch, their sizes in turn and up or down by turns of all
 * sizes. There is a yardstick for each bar; where one is null, as after a gap, nothing is injected. The same seed gives the
 * same bars, and every bar stays one that can exist.
 */
export function inject(
  bars: readonly Bar[],
  yardsticks: readonly (Yardstick | null)[],
  kind: InjectionKind,
  { seed, everyBars }: InjectOptions,
): Injected {
  const rng = makeRng(seed)
  const copy = [...bars]
  const injections: Injection[] = []
  const sizes = injectionSizes[kind]
  for (let start = 0; start + everyBars <= bars.length; start += everyBars) {
    const first = start + Math.floor(everyBars * (margin + (1 - 2 * margin) * rng.uniform()))
    const turn = injections.length
    const size = nth(sizes, turn % sizes.length)
    const last = first + spanOf(kind, size) - 1
    const yardstick = yardsticks[first]
    if (!yardstick || first === 0 || last >= bars.length) continue
    const up = Math.floor(turn / sizes.length) % 2 === 0
    const injection = { kind, first, last, size, up }
    distort(copy, injection, yardstick)
    injections.push(injection)
  }
  return { bars: copy, injections }
}

/** The fault's own bars alone, written over clean ones, as if there were no other fault. */
export function injectAlone(bars: readonly Bar[], fault: Injection, yardstick: Yardstick): Bar[] {
  const local = bars.slice(fault.first - 1, fault.last + 1)
  distort(local, { ...fault, first: 1, last: local.length - 1 }, yardstick)
  return local.slice(1)
}
