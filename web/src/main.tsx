import { effect } from '@preact/signals'
import { render } from 'preact'
import './tokens.css'
import { runFeed } from './feed.ts'
import './page.css'
import './plotly.css'
import { runKeys } from './keys.ts'
import { runLink } from './opened.ts'
import { App } from './panels/app.tsx'
import { formatPrice } from './price.ts'
import { runRehearsal } from './rehearsing.ts'
import { part } from './store.ts'

render(<App />, document.getElementById('page')!)

const query = new URLSearchParams(location.search)
void runFeed({ market: query.get('market'), interval: query.get('interval') })
runLink(query.get('episode'))
runRehearsal()
runKeys()

const title = part(({ tape, market }) => {
  const last = tape.candles.at(-1)
  return last && market ? `${formatPrice(last.close, market.market)} · ${market.market} · Candlewatch` : 'Candlewatch'
})
effect(() => {
  document.title = title.value
})
