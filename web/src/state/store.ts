import { computed, type ReadonlySignal, signal } from '@preact/signals'
import { inSight } from './in-sight.ts'
import { initialState, type PageEvent, reduce, type State } from './state.ts'

const current = signal(initialState)

/** All that came. What the page shows is `state`. */
export const whole: ReadonlySignal<State> = current

/** What is in sight: all that came, unless the past is watched again. */
export const state: ReadonlySignal<State> = computed(() => inSight(current.value))

/** Peeks: an effect that dispatches is not told of its own event. */
export function dispatch(event: PageEvent): void {
  current.value = reduce(current.peek(), event)
}

/** A part of the state: whoever reads it is told only when that part changes. */
export function part<T>(select: (state: State) => T): ReadonlySignal<T> {
  return computed(() => select(state.value))
}
