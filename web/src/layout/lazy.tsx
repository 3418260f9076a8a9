import { type Signal, signal } from '@preact/signals'
import type { ComponentType } from 'preact'

/** Makes a component that is loaded when it is first shown. */
export function lazy(load: () => Promise<ComponentType>): ComponentType {
  const loaded: Signal<ComponentType | null> = signal(null)
  const failed = signal(false)
  let asked = false
  const ask = () => {
    asked = true
    failed.value = false
    load().then(
      component => {
        loaded.value = component
      },
      () => {
        asked = false
        failed.value = true
      },
    )
  }
  return function Lazy() {
    if (!asked && !failed.value) ask()
    if (loaded.value) return <loaded.value />
    if (!failed.value) return <p class="room-note quiet">Loading this page</p>
    return (
      <p class="room-note" role="alert">
        This page could not be loaded.{' '}
        <button type="button" class="small" onClick={ask}>
          Try again
        </button>
      </p>
    )
  }
}
