import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { RefusalNote } from './permission.tsx'
import { busy } from './registry.ts'

/** A change that the reader has to confirm. */
export type Change = 'promote' | 'rollback'

/** The change that waits for confirmation. */
export const pendingChange = signal<Change | null>(null)

interface Props {
  readonly change: Change
  readonly title: string
  readonly effect: string
  /** The reason that the field has at first. */
  readonly suggestion: string
  readonly action: string
  /** Resolves to whether it was done. */
  run(reason: string): Promise<boolean>
}

/** Asks for confirmation before the champion changes, and for a reason, which the history keeps. */
export function ChangeDialog({ change, title, effect, suggestion, action, run }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const isOpen = pendingChange.value === change
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  const close = () => {
    if (pendingChange.peek() === change) pendingChange.value = null
  }
  const submit = async (form: HTMLFormElement) => {
    if (await run(String(new FormData(form).get('reason')).trim())) close()
  }
  return (
    <dialog
      ref={dialog}
      aria-labelledby={`${change}-title`}
      data-testid={`${change}-dialog`}
      onClose={close}
      // The page's keys do nothing while the dialog is open.
      onKeyDown={event => event.stopPropagation()}
    >
      {isOpen && (
        <form
          class="change-form"
          onSubmit={event => {
            event.preventDefault()
            void submit(event.currentTarget)
          }}
        >
          <h2 id={`${change}-title`}>{title}</h2>
          <p>{effect}</p>
          <label class="labelled">
            Reason (kept in the promotion history)
            <textarea name="reason" class="field" rows={3} maxLength={500} defaultValue={suggestion} />
          </label>
          <RefusalNote of={[change]} />
          <div class="row change-buttons">
            <button type="button" class="small" onClick={close} data-testid="cancel-change">
              Cancel
            </button>
            <button type="submit" class="primary" disabled={busy.value !== null} data-testid="confirm-change">
              {action}
            </button>
          </div>
        </form>
      )}
    </dialog>
  )
}
