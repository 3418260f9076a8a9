import { session } from '../sync/session.ts'
import { type Act, refusal } from './registry.ts'

/** Whether this browser may start, promote and roll back. */
export function mayChange(): boolean {
  return session.value?.keyRequired !== true || session.value.scope === 'admin'
}

/** Why the buttons beside it do nothing. */
export function Forbidden() {
  if (mayChange()) return null
  return <p class="quiet">Your key may look; training, trials, promotions and rollbacks take an admin’s.</p>
}

/** Why the last thing that was asked for here was not done. */
export function Refusal({ of }: { readonly of: readonly Act[] }) {
  if (refusal.value === null || !of.includes(refusal.value.act)) return null
  return (
    <p class="model-failure" role="alert">
      {refusal.value.because}
    </p>
  )
}
