import { setImmediate } from 'node:timers/promises'
import { injectAlone } from '@candlewatch/core/eval/inject'
import type { Injection, Yardstick } from '@candlewatch/core/eval/inject-kinds'
import type { Bar } from '@candlewatch/core/types'

/** What goes from bar to bar and can be set back. */
export interface Machine<Said, State> {
  step(bar: Bar): Said
  save(): State
  load(state: State): void
}

const barsAtOnce = 500

/**
 * What is said of each fault's own bars, each fault alone: the machine goes along the bars as they came, and is set back
 * after each fault, or faults would be what it is used to.
 */
export async function eachAlone<Said, State>(
  bars: readonly Bar[],
  yardsticks: readonly (Yardstick | null)[],
  faults: readonly Injection[],
  machine: Machine<Said, State>,
  onBar: () => void = () => {},
): Promise<ReadonlyMap<Injection, readonly Said[]>> {
  const said = new Map<Injection, readonly Said[]>()
  for (const [at, bar] of bars.entries()) {
    const here = faults.filter(({ first }) => first === at)
    const state = here.length > 0 ? machine.save() : null
    for (const fault of here) {
      const faulty = injectAlone(bars, fault, yardsticks[at] as Yardstick)
      said.set(
        fault,
        faulty.map(one => machine.step(one)),
      )
      machine.load(state as State)
    }
    machine.step(bar)
    onBar()
    // Lets Ctrl-C and the progress bar in between.
    if (here.length > 0 || at % barsAtOnce === 0) await setImmediate()
  }
  return said
}
