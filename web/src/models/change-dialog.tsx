import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Refusal } from './permission.tsx'
import { busy } from './registry.ts'

/** Which change waits for a yes. */
export const asking = signal<'promote' | 'rollback' | null>(null)

interface Props {
  readonly kind: 'promote' | 'rollback'
  readonly title: string
  readonly word: string
  /** What stands in the field at first. */
  readonly suggestion: string
  readonly act: string
  /** Resolves to whether it was done. */
  run(because: string): Promise<boolean>
}

/** Asks once more before the champion changes, and for the reason that the log keeps. */
export function ChangeDialog({ kind, title, word, suggestion, act, run }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const isOpen = asking.value === kind
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  const close = () => {
    if (asking.peek() === kind) asking.value = null
  }
  const submit = async (form: HTMLFormElement) => {
    if (await run(String(new FormData(form).get('because')).trim())) close()
  }
  return (
    <dialog
      ref={dialog}
      aria-labelledby={`${kind}-title`}
      data-testid={`${kind}-dialog`}
      onClose={close}
      // The page's own keys are not meant while it is open.
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
          <h2 id={`${kind}-title`}>{title}</h2>
          <p>{word}</p>
          <label class="labelled">
            Why? The log keeps it.
            <textarea name="because" class="field" rows={3} maxLength={500} defaultValue={suggestion} />
          </label>
          <Refusal of={[kind]} />
          <div class="row change-buttons">
            <button type="button" class="small" onClick={close}>
              Leave it
            </button>
            <button type="submit" class="primary" disabled={busy.value !== null}>
              {act}
            </button>
          </div>
        </form>
      )}
    </dialog>
  )
}
