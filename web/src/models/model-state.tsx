import type { Model } from '@candlewatch/api/models'

/** A sign and a name for each state, so that no state is shown by colour alone. */
const states: Readonly<Record<Model['state'], { readonly sign: string; readonly name: string }>> = {
  champion: { sign: '★', name: 'Champion' },
  candidate: { sign: '○', name: 'Candidate' },
  retired: { sign: '◷', name: 'Retired' },
  refused: { sign: '✕', name: 'Refused' },
}

/** The state of a model version. */
export function ModelState({ state }: { readonly state: Model['state'] }) {
  const { sign, name } = states[state]
  return (
    <span class={`model-state is-${state}`}>
      <i aria-hidden="true">{sign}</i> {name}
    </span>
  )
}
