import { computed, type ReadonlySignal, signal } from '@preact/signals'
import { type PageEvent, reduce } from './reduce.ts'
import { makeReplayView } from './replay-view.ts'
import { initialState, type State } from './state.ts'

const current = signal(initialState)
const replayView = makeReplayView()

/** Everything that came. What the page shows is `state`. */
export const whole: ReadonlySignal<State> = current

/** The state that the page shows: everything that came, or what was known at the replay position. */
export const state: ReadonlySignal<State> = computed(() => replayView(current.value))

/** Applies an event. It peeks, so that an effect that dispatches does not run again for its own event. */
export function dispatch(event: PageEvent): void {
  current.value = reduce(current.peek(), event)
}

/** A part of the state; its readers run again only when that part changes. */
export function part<T>(select: (state: State) => T): ReadonlySignal<T> {
  return computed(() => select(state.value))
}
