import { useEffect, useRef } from 'preact/hooks'
import { isHelpOpen, keys } from './keys.ts'
import './help.css'

/** The list of keys, over the page. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isHelpOpen.value) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isHelpOpen.value])
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      data-testid="help"
      onClose={() => {
        isHelpOpen.value = false
      }}
    >
      <h2 id="help-title">Keyboard shortcuts</h2>
      <dl>
        {keys.map(({ keys: [first], shown, does }) => (
          <div key={first}>
            <dt>
              <kbd>{shown ?? first}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>← →</kbd>
          </dt>
          <dd>In the chart: move from bar to bar; Enter opens the bar</dd>
        </div>
      </dl>
      <form method="dialog">
        <button type="submit" class="primary">
          Close
        </button>
      </form>
    </dialog>
  )
}
