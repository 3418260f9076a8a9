import { effect } from '@preact/signals'
import { render } from 'preact'
import './tokens.css'
import { runFeed } from './feed.ts'
import './page.css'
import './plotly.css'
import { App } from './panels/app.tsx'
import { togglePlay } from './panels/replay-bar.tsx'
import { formatPrice } from './price.ts'
import { part } from './store.ts'

render(<App />, document.getElementById('page')!)

const query = new URLSearchParams(location.search)
void runFeed({ market: query.get('market'), interval: query.get('interval') })

const title = part(({ tape, market }) => {
  const last = tape.candles.at(-1)
  return last && market ? `${formatPrice(last.close, market.market)} · ${market.market} · Candlewatch` : 'Candlewatch'
})
effect(() => {
  document.title = title.value
})

document.addEventListener('keydown', event => {
  if (event.key !== ' ' || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
  // A focused control keeps its own meaning of the space bar.
  if (event.target instanceof Element && event.target.closest('button, input, select, textarea, a, summary')) return
  if (togglePlay()) event.preventDefault()
})
