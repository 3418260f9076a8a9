// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Refusal, stubServer } from '../api/fetch.suite.ts'
import { anomaly, at, barRow, episode, feedFault, verdict } from '../state/example.suite.ts'
import { clearStore, loadRows } from '../state/store.suite.ts'
import { dispatch, state } from '../state/store.ts'
import { BarPanel } from './bar-panel.tsx'
import { defaultFilter } from './filter.ts'
import { filter } from './log.ts'

const detectors = [
  { id: 'residual', score: 9, pValue: 0.001, share: 1 },
  { id: 'move', score: 2, pValue: 0.4, share: 0 },
  { id: 'kmeans', score: 7, pValue: 0.005, share: 0 },
]

beforeEach(() => {
  clearStore()
  filter.value = defaultFilter
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

function open(hour: number) {
  dispatch({ kind: 'picked', at: at(hour) })
  render(<BarPanel at={at(hour)} />)
}

test('an alarm shows its sentence, its forecasts and its detectors, the deciding one first', () => {
  loadRows([verdict(0), verdict(1, { ...anomaly, detectors, because: 'Fell hard.' }), verdict(2)])
  open(1)
  expect(screen.getByTestId('bar-panel').textContent).toContain('Fell hard.')
  expect(screen.getByTestId('gauges')).toBeTruthy()
  expect(screen.getByTestId('bar-facts').dataset).toMatchObject({ seenBy: '2', detectors: '3' })
  expect(screen.getAllByTestId('detector').map(one => one.dataset.pValue)).toEqual(['0.001', '0.005', '0.4'])
})

test('a bar that was judged again says why', () => {
  const again = { kind: 'filled' as const, date: verdict(1).date }
  loadRows([verdict(0), verdict(1), verdict(2, { again })])
  open(2)
  expect(screen.getByTestId('bar-panel').textContent).toMatch(/Judged again after the bar of .* arrived late\./)
})

test('an alarm is marked right or wrong, another bar missed', () => {
  loadRows([verdict(3), verdict(4, anomaly), verdict(5, feedFault)])
  open(4)
  expect(screen.queryByTestId('mark-missed')).toBeNull()
  expect(screen.getByTestId('mark-right').getAttribute('aria-pressed')).toBe('false')
  for (const hour of [3, 5]) {
    cleanup()
    open(hour)
    expect(screen.getByTestId('mark-missed')).toBeTruthy()
    expect(screen.queryByTestId('mark-right')).toBeNull()
  }
})

test('a mark is stored and stays', async () => {
  loadRows([verdict(6, anomaly)])
  const { market, interval, date } = verdict(6)
  const label = { market, interval, date, mark: 'wrong' }
  const calls = stubServer({ 'POST /api/labels': { ...label, note: '' } })
  open(6)
  fireEvent.click(screen.getByTestId('mark-wrong'))
  await waitFor(() => expect(screen.getByTestId('mark-wrong').getAttribute('aria-pressed')).toBe('true'))
  expect(calls[0]?.body).toEqual(label)
})

test('a refused mark becomes a notice', async () => {
  loadRows([verdict(7, anomaly)])
  stubServer({ 'POST /api/labels': new Refusal(409, { code: 'ERR_LABEL_MISPLACED', detail: 'Nothing alarmed.' }) })
  open(7)
  fireEvent.click(screen.getByTestId('mark-right'))
  await waitFor(() => expect(state.value.notice).toBe('Nothing alarmed.'))
  expect(screen.getByTestId('mark-right').getAttribute('aria-pressed')).toBe('false')
})

test('a bar without a verdict is drawn, and offers no marks', () => {
  loadRows([], [barRow(500)])
  open(500)
  expect(screen.getByTestId('bars-around').dataset.bars).toBe('1')
  expect(screen.queryByTestId('mark-missed')).toBeNull()
})

test('an episode leads to its neighbours in time, and back to the list', () => {
  loadRows([30, 40, 50].map(hour => verdict(hour, anomaly)))
  dispatch({ kind: 'episodes', episodes: [30, 40, 50].map(hour => episode(hour, hour, hour)), from: null })
  open(40)
  fireEvent.click(screen.getByTitle(/\(k\)/))
  expect(state.value.view.selected).toBe(at(50))
  dispatch({ kind: 'picked', at: at(40) })
  fireEvent.click(screen.getByTitle(/\(j\)/))
  expect(state.value.view.selected).toBe(at(30))
  fireEvent.click(screen.getByRole('button', { name: /Back/ }))
  expect(state.value.view.selected).toBeNull()
})
