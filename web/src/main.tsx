import { effect } from '@preact/signals'
import { render } from 'preact'
import './shell/tokens.css'
import { runSync } from './sync/sync.ts'
import './shell/page.css'
import './shell/controls.css'
import { loadPlotly } from './chart/chart.ts'
import './chart/plotly.css'
import { runDrops } from './data/drops.ts'
import { runNeighbours } from './episodes/neighbours.ts'
import { runLink } from './episodes/opened.ts'
import { formatPrice } from './format/price.ts'
import { runTraining } from './models/training.ts'
import { runRehearsal } from './rehearsal/rehearsing.ts'
import { runSettings } from './settings/settings.ts'
import { App } from './shell/app.tsx'
import { runKeys } from './shell/keys.ts'
import { currentRoom } from './state/navigation.ts'
import { part } from './state/store.ts'

render(<App />, document.getElementById('page') ?? document.body)

// An error here occurs again where the chart reports it.
if (currentRoom.value === 'watch') void loadPlotly().catch(() => undefined)

const query = new URLSearchParams(location.search)
void runSync({ market: query.get('market'), interval: query.get('interval') })
runNeighbours()
runLink({ episode: query.get('episode'), at: query.get('at') })
runRehearsal()
runSettings()
runTraining()
runKeys()
runDrops()

const title = part(({ series, market }) => {
  const last = series.candles.at(-1)
  return last && market ? `${formatPrice(last.close, market.market)} · ${market.market} · Candlewatch` : 'Candlewatch'
})
effect(() => {
  document.title = title.value
})
