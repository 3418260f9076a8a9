import { addressOf, go, type Place, place, places } from './place.ts'
import './nav.css'

/** From room to room. Links, so that one opens in a tab of its own too. */
export function Nav() {
  return (
    <nav class="nav" aria-label="Pages">
      {(Object.keys(places) as Place[]).map(name => (
        <a
          key={name}
          href={addressOf(name)}
          aria-current={place.value === name ? 'page' : undefined}
          onClick={event => {
            if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
            event.preventDefault()
            go(name)
          }}
        >
          {places[name].word}
        </a>
      ))}
    </nav>
  )
}
