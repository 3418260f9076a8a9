import { computed, type ReadonlySignal, signal } from '@preact/signals'
import { initialState, type PageEvent, reduce, type State } from './state.ts'

const current = signal(initialState)

export const state: ReadonlySignal<State> = current

/** Peeks: an effect that dispatches is not told of its own event. */
export function dispatch(event: PageEvent): void {
  current.value = reduce(current.peek(), event)
}

/** A part of the state: whoever reads it is told only when that part changes. */
export function part<T>(select: (state: State) => T): ReadonlySignal<T> {
  return computed(() => select(current.value))
}
