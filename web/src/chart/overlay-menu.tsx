import { useEffect, useRef } from 'preact/hooks'
import { keysOf } from '../format/keys-of.ts'
import { looks, overlayNames, switchOverlay } from './looks.ts'
import './overlay-menu.css'

/** A menu of lines to draw over the prices. */
export function OverlayMenu() {
  const menu = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const close = ({ target }: Event) => {
      if (menu.current?.open && target instanceof Node && !menu.current.contains(target)) menu.current.open = false
    }
    document.addEventListener('pointerdown', close)
    document.addEventListener('focusin', close)
    return () => {
      document.removeEventListener('pointerdown', close)
      document.removeEventListener('focusin', close)
    }
  }, [])
  const { overlays } = looks.value
  const names = keysOf(overlayNames)
  return (
    <details
      ref={menu}
      class="menu"
      onKeyDown={event => {
        if (event.key !== 'Escape' || !menu.current?.open) return
        event.stopPropagation()
        menu.current.open = false
        menu.current.querySelector('summary')?.focus()
      }}
    >
      <summary class="small" data-testid="overlays">
        Overlays <span class="quiet">{names.filter(name => overlays[name]).length || 'none'}</span>
      </summary>
      <fieldset>
        <legend class="unseen">Drawn over the prices</legend>
        {names.map(name => (
          <label key={name}>
            <input
              type="checkbox"
              checked={overlays[name]}
              onChange={() => switchOverlay(name)}
              data-testid={`overlay-${name}`}
            />
            <i class={`stroke is-${name}`} />
            {overlayNames[name].label}
            <kbd>{overlayNames[name].key}</kbd>
          </label>
        ))}
      </fieldset>
    </details>
  )
}
