// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { at, marketRow, verdict } from '../state/example.suite.ts'
import { currentRoom } from '../state/navigation.ts'
import { clearStore, loadRows } from '../state/store.suite.ts'
import { state } from '../state/store.ts'
import { BarLink, ChartLink, RoomLink } from './links.tsx'

beforeEach(() => {
  clearStore()
  loadRows([verdict(0), verdict(1)])
  currentRoom.value = 'models'
  vi.stubGlobal('scrollTo', () => undefined)
})
afterEach(() => {
  cleanup()
  currentRoom.value = 'watch'
  history.replaceState(null, '', '/')
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const link = () => screen.getByRole('link')
const day = '2021-05-19T01:00:00Z'

test('a room opens without loading the page again, and keeps the query of the address', () => {
  history.replaceState(null, '', '/models?market=a:b&episode=x')
  render(<RoomLink to="overview">Overview</RoomLink>)
  expect(link().getAttribute('href')).toBe('/overview?market=a%3Ab')
  fireEvent.click(link())
  expect(currentRoom.value).toBe('overview')
  expect(location.search).toBe('?market=a%3Ab')
})

test.each(['ctrlKey', 'metaKey', 'shiftKey'])('a click with %s is left to the browser, which opens a new tab', key => {
  render(<RoomLink to="overview">Overview</RoomLink>)
  fireEvent.click(link(), { [key]: true })
  expect(currentRoom.value).toBe('models')
})

test('the chart of the shown stream opens at a bar', () => {
  render(
    <ChartLink stream={marketRow} at={day}>
      Chart
    </ChartLink>,
  )
  fireEvent.click(link())
  expect(currentRoom.value).toBe('watch')
  expect(state.value.view.selected).toBe(at(1))
})

test('the chart of another stream loads the page again', () => {
  const assign = vi.spyOn(location, 'assign').mockImplementation(() => undefined)
  render(
    <ChartLink stream={{ market: 'kraken:ETH-EUR', interval: '1h' }} at={null}>
      Chart
    </ChartLink>,
  )
  fireEvent.click(link())
  expect(assign).toHaveBeenCalledWith('/?market=kraken%3AETH-EUR&interval=1h')
})

test('the same interval under another name is the same stream', () => {
  const assign = vi.spyOn(location, 'assign').mockImplementation(() => undefined)
  render(
    <ChartLink stream={{ market: marketRow.market, interval: '60m' }} at={null}>
      Chart
    </ChartLink>,
  )
  fireEvent.click(link())
  expect(assign).not.toHaveBeenCalled()
  expect(currentRoom.value).toBe('watch')
})

test('a link to a bar names it in its address and opens it', () => {
  render(<BarLink date={day}>01:00</BarLink>)
  expect(link().getAttribute('href')).toBe(`/?at=${day}`)
  fireEvent.click(link())
  expect(state.value.view.selected).toBe(at(1))
})
