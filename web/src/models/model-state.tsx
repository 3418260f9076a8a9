import type { ModelState } from '../api/models.ts'
import { stateNames } from './version.ts'

export function ModelStateWord({ state }: { readonly state: ModelState }) {
  const { sign, word } = stateNames[state]
  return (
    <span class={`model-state is-${state}`}>
      <i aria-hidden="true">{sign}</i> {word}
    </span>
  )
}
