import { marketLabel } from '@candlewatch/api/values/replay-market'
import { rooms } from '@candlewatch/api/values/rooms'
import { dayMs } from '@candlewatch/core/time'
import type { Connection } from '../api/stream.ts'
import { formatChange, formatPrice } from '../format/price.ts'
import { switchZone, zone } from '../format/zone.ts'
import { firstFrom } from '../state/series.ts'
import { part } from '../state/store.ts'
import { switchTheme, theme } from '../state/theme.ts'
import { session, signOut } from '../sync/session.ts'
import { toggleHelp } from './keys.ts'
import './header.css'
import { RoomLink } from '../layout/links.tsx'
import { roomNames } from '../state/navigation.ts'

const market = part(state => state.market)
const markets = part(state => state.markets)
const connection = part(state => state.connection)
const series = part(state => state.series)

const connectionNames: Readonly<Record<Connection, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  lost: 'Connection lost',
}

/** The top of the page: rooms, market, last price, connection and settings. */
export function Header() {
  return (
    <header class="top">
      <h1 class="brand">
        <img src="/favicon.svg" alt="" width="24" height="24" />
        Candlewatch
      </h1>
      <Nav />
      <MarketName />
      <Price />
      <span class={`connection is-${connection.value}`} data-testid="connection" data-state={connection} role="status">
        <i aria-hidden="true" />
        {connectionNames[connection.value]}
      </span>
      {session.value?.name && (
        <button type="button" class="quiet" onClick={() => void signOut()} title={`Signed in as ${session.value.name}`}>
          Sign out
        </button>
      )}
      <button
        type="button"
        class="icon is-text"
        onClick={switchZone}
        aria-label={zone.value === 'utc' ? 'Times in UTC: switch to local time' : 'Times in local time: switch to UTC'}
        title="UTC or local time (u)"
        data-testid="zone"
        data-zone={zone}
      >
        {zone.value === 'utc' ? 'UTC' : 'Local'}
      </button>
      <button
        type="button"
        class="icon"
        onClick={switchTheme}
        aria-label={theme.value === 'dark' ? 'Switch to light colours' : 'Switch to dark colours'}
        title={theme.value === 'dark' ? 'Switch to light colours' : 'Switch to dark colours'}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" />
          <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
        </svg>
      </button>
      <button
        type="button"
        class="icon"
        onClick={toggleHelp}
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts (?)"
      >
        <span aria-hidden="true">?</span>
      </button>
    </header>
  )
}

function MarketName() {
  if (!market.value) return <span class="market" />
  const name = ({ market, interval }: { market: string; interval: string }) => `${marketLabel(market)} · ${interval}`
  const current = name(market.value)
  if (markets.value.length < 2)
    return (
      <span class="market" data-testid="market">
        {current}
      </span>
    )
  const choose = (index: number) => {
    const row = markets.value[index]
    if (row) location.search = new URLSearchParams({ market: row.market, interval: row.interval }).toString()
  }
  return (
    <select
      class="market"
      aria-label="Market"
      data-testid="market"
      onChange={event => choose(event.currentTarget.selectedIndex)}
    >
      {markets.value.map(row => (
        <option key={name(row)} selected={name(row) === current}>
          {name(row)}
        </option>
      ))}
    </select>
  )
}

function Price() {
  const { candles } = series.value
  const last = candles.at(-1)
  if (!last || !market.value) return <span class="last" />
  const dayAgo = candles[firstFrom(candles, last.at - dayMs)]
  const change = dayAgo && dayAgo !== last ? last.close / dayAgo.close - 1 : null
  return (
    <span class="last">
      <strong data-testid="last-price">{formatPrice(last.close, market.value.market)}</strong>
      {change !== null && (
        <span class="change">
          <i aria-hidden="true">{change > 0 ? '▲' : change < 0 ? '▼' : '■'}</i> {formatChange(change)}
          <span class="quiet"> 24 h</span>
        </span>
      )}
    </span>
  )
}

/** Links to the rooms. */
function Nav() {
  return (
    <nav class="nav" aria-label="Pages">
      {roomNames.map(name => (
        <RoomLink key={name} to={name}>
          {rooms[name].title}
        </RoomLink>
      ))}
    </nav>
  )
}
