import { effect } from '@preact/signals'
import { render } from 'preact'
import './shell/tokens.css'
import { runFeed } from './feed/feed.ts'
import './shell/page.css'
import './shell/controls.css'
import { loadPlotly } from './chart/chart.ts'
import './chart/plotly.css'
import { runDrops } from './data/drops.ts'
import { runNeighbours } from './episodes/neighbours.ts'
import { runLink } from './episodes/opened.ts'
import { formatPrice } from './format/price.ts'
import { runTraining } from './models/training-feed.ts'
import { runRehearsal } from './rehearsal/rehearsing.ts'
import { App } from './shell/app.tsx'
import { runKeys } from './shell/keys.ts'
import { place } from './shell/place.ts'
import { part } from './state/store.ts'

render(<App />, document.getElementById('page')!)

// What fails here fails again where the chart says so.
if (place.value === 'watch') void loadPlotly().catch(() => undefined)

const query = new URLSearchParams(location.search)
void runFeed({ market: query.get('market'), interval: query.get('interval') })
runNeighbours()
runLink({ episode: query.get('episode'), at: query.get('at') })
runRehearsal()
runTraining()
runKeys()
runDrops()

const title = part(({ tape, market }) => {
  const last = tape.candles.at(-1)
  return last && market ? `${formatPrice(last.close, market.market)} · ${market.market} · Candlewatch` : 'Candlewatch'
})
effect(() => {
  document.title = title.value
})
