import { mayAdminister } from '../sync/session.ts'
import { type Action, refusal } from './registry.ts'

/** Explains why the buttons are disabled, to a reader whose key may not change models. */
export function ReadOnlyNote() {
  if (mayAdminister.value) return null
  return (
    <p class="quiet" data-testid="read-only">
      Your API key is read-only. Training, trials, promotions and rollbacks need an admin key.
    </p>
  )
}

/** Why the server refused one of these actions. */
export function RefusalNote({ of }: { readonly of: readonly Action[] }) {
  if (refusal.value === null || !of.includes(refusal.value.action)) return null
  return (
    <p class="model-failure" role="alert">
      {refusal.value.reason}
    </p>
  )
}
