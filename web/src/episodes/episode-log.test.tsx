// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { at, episode, fault, marketRow, verdict } from '../state/example.suite.ts'
import { clearStore, loadRows } from '../state/store.suite.ts'
import { dispatch, state } from '../state/store.ts'
import { EpisodeLog } from './episode-log.tsx'
import { defaultFilter } from './filter.ts'
import { filter, showLog } from './log.ts'

const low = { ...episode(30, 30, 30), severity: 'low', type: 'rise', size: 0.03 } as const

beforeEach(() => {
  clearStore()
  filter.value = defaultFilter
  loadRows([verdict(0), verdict(60)])
})
afterEach(cleanup)

function show(episodes = [episode(0, 1, 9), low], faults = [fault(50)]) {
  dispatch({ kind: 'episodes', episodes, from: null })
  dispatch({ kind: 'faults', faults, from: null })
  render(<EpisodeLog />)
}

const rows = () => screen.queryAllByTestId('anomaly-item').map(row => row.dataset.severity)

test('episodes and faults are listed, newest first', () => {
  show()
  expect(rows()).toEqual(['fault', 'low', 'critical'])
})

test('severities are filtered by their buttons, and the address says so', () => {
  show()
  fireEvent.click(screen.getByTestId('filter-critical'))
  expect(rows()).toEqual(['critical'])
  fireEvent.click(screen.getByTestId('filter-fault'))
  expect(rows()).toEqual(['fault', 'critical'])
  expect(new URLSearchParams(location.search).get('severity')).toBe('critical,fault')
  fireEvent.click(screen.getByTestId('show-all'))
  expect(rows()).toHaveLength(3)
})

test('types, lanes and times are filtered by their lists', () => {
  show()
  fireEvent.change(screen.getByTestId('filter-type'), { target: { value: 'rise' } })
  expect(rows()).toEqual(['low'])
  fireEvent.click(screen.getByTestId('show-all'))
  fireEvent.change(screen.getByTestId('filter-lane'), { target: { value: 'feed' } })
  expect(rows()).toEqual(['fault'])
  fireEvent.click(screen.getByTestId('show-all'))
  fireEvent.change(screen.getByTestId('filter-recency'), { target: { value: '24h' } })
  expect(rows()).toEqual(['fault'])
})

test('a column sorts, and the other way round at the second click', () => {
  show()
  fireEvent.click(screen.getByTestId('sort-size'))
  expect(rows()).toEqual(['critical', 'low', 'fault'])
  fireEvent.click(screen.getByTestId('sort-size'))
  expect(rows()).toEqual(['low', 'critical', 'fault'])
  expect(screen.getByTestId('sort-size').closest('th')?.getAttribute('aria-sort')).toBe('ascending')
})

test('without any row, and without a match, the list says which of the two it is', () => {
  show([], [])
  const empty = screen.getByTestId('anomaly-list').textContent
  cleanup()
  filter.value = { ...defaultFilter, type: 'swing' }
  show()
  expect(screen.getByTestId('anomaly-list').textContent).not.toBe(empty)
  expect(screen.getByTestId('anomaly-list').textContent).toContain('3')
  expect((screen.getByTestId('save-csv') as HTMLButtonElement).disabled).toBe(true)
})

test('fifty rows make a page', () => {
  show(
    Array.from({ length: 120 }, (_, n) => episode(n * 10, n * 10, n * 10)),
    [],
  )
  const count = () => ({ ...screen.getByTestId('log-count').dataset })
  expect(rows()).toHaveLength(50)
  fireEvent.click(screen.getByTestId('next-page'))
  fireEvent.click(screen.getByTestId('next-page'))
  expect(count()).toMatchObject({ rows: '120', from: '101' })
  expect(rows()).toHaveLength(20)
  expect((screen.getByTestId('next-page') as HTMLButtonElement).disabled).toBe(true)
  fireEvent.click(screen.getByTestId('filter-critical'))
  expect(count()).toMatchObject({ from: '1' })
})

test('a click on a row opens the peak of its episode', () => {
  show()
  const [, , row] = screen.getAllByTestId('anomaly-item')
  fireEvent.click(row as HTMLElement)
  expect(state.value.view.selected).toBe(at(1))
})

test('a mark is shown next to the severity', () => {
  dispatch({
    kind: 'labels',
    labels: [{ market: marketRow.market, interval: '1h', date: episode(0, 1, 9).peak, mark: 'wrong', note: '' }],
  })
  show([episode(0, 1, 9)], [])
  expect(screen.getByTestId('anomaly-item').textContent).toContain('wrong')
})

test('another room opens the list with its own filter', () => {
  show()
  filter.value = { ...defaultFilter, type: 'rise' }
  showLog({ lane: 'feed' })
  expect(filter.value).toEqual({ ...defaultFilter, lane: 'feed' })
})
