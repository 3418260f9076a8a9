// @vitest-environment happy-dom
import { rooms } from '@candlewatch/api/values/rooms'
import { cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { zone } from '../format/zone.ts'
import { marketRow, verdict } from '../state/example.suite.ts'
import { currentRoom } from '../state/navigation.ts'
import { clearStore, loadRows } from '../state/store.suite.ts'
import { dispatch } from '../state/store.ts'
import { session } from '../sync/session.ts'
import { Header } from './header.tsx'

beforeEach(clearStore)

afterEach(() => {
  cleanup()
  session.value = null
  currentRoom.value = 'watch'
  zone.value = 'utc'
})

test.each(['connecting', 'live', 'reconnecting', 'lost'] as const)('the connection is %s', connection => {
  dispatch({ kind: 'connection', connection, heardAt: null })
  render(<Header />)
  const status = screen.getByRole('status')
  expect(status.dataset.state).toBe(connection)
  expect(status.textContent).not.toBe('')
})

test('every room has a link, and the open one is marked', () => {
  currentRoom.value = 'models'
  render(<Header />)
  const links = screen.getAllByRole('link')
  expect(links.map(link => link.getAttribute('href'))).toEqual(Object.values(rooms).map(({ path }) => path))
  expect(links.map(link => link.getAttribute('aria-current'))).toEqual([null, null, 'page', null])
})

test('the last price is shown with its change over 24 hours', () => {
  const bar = { open: 100, high: 130, low: 100, close: 125, volume: 5 }
  loadRows([verdict(0), verdict(12), verdict(24, { bar })])
  render(<Header />)
  expect(screen.getByTestId('last-price').textContent).toBe('$125.00')
  expect(screen.getByTestId('last-price').parentElement?.textContent).toContain('+25.00 %')
})

test('one market is a text, several are a list that names the current one', () => {
  loadRows([verdict(0)])
  render(<Header />)
  expect(screen.getByTestId('market').tagName).toBe('SPAN')
  cleanup()
  const other = { ...marketRow, market: 'kraken:ETH-EUR' } as const
  dispatch({ kind: 'market', markets: [marketRow, other], market: other })
  render(<Header />)
  expect((screen.getByTestId('market') as HTMLSelectElement).value).toBe('kraken:ETH-EUR · 1h')
})

test('the market of a replay is listed by the market that it replays and by its name', () => {
  const own = { ...marketRow, market: 'replay:rows.csv/kraken:ETH-EUR', replayOf: 'kraken:ETH-EUR' } as const
  dispatch({ kind: 'market', markets: [marketRow, own], market: own })
  render(<Header />)
  expect((screen.getByTestId('market') as HTMLSelectElement).value).toBe('kraken:ETH-EUR, replay of rows.csv · 1h')
})

test('the time zone is switched by its button', () => {
  render(<Header />)
  fireEvent.click(screen.getByTestId('zone'))
  expect(zone.value).toBe('local')
})

test('signing out is offered to a session with a key only', () => {
  const buttons = () => screen.getAllByRole('button').length
  render(<Header />)
  const without = buttons()
  cleanup()
  session.value = { keyRequired: true, name: 'me', scope: 'read' }
  render(<Header />)
  expect(buttons()).toBe(without + 1)
})
