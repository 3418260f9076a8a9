// @vitest-environment happy-dom
import type { Feed } from '@candlewatch/api/feeds'
import { isoDate } from '@candlewatch/core/interval'
import { cleanup, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { anomaly, at, episode, fault, replay, verdict } from '../state/example.suite.ts'
import { clearStore, loadRows } from '../state/store.suite.ts'
import { dispatch } from '../state/store.ts'
import { Tiles } from './tiles.tsx'

const hours = (count: number) => Array.from({ length: count }, (_, hour) => hour)
const skill = { by: 'model', bars: 100, modelPercent: 0.4, naivePercent: 0.5, because: 'Its error is lower.' } as const
const counts = {
  gap: 2,
  flat: 0,
  repeat: 0,
  break: 0,
  badTick: 1,
  unlikely: 0,
  stale: 0,
  duplicate: 0,
  impossible: 0,
  conflict: 0,
  late: 0,
}
const feed = { state: 'live', evidence: 'On time.', lastSeen: isoDate(at(5)), counts } as unknown as Feed

beforeEach(clearStore)
afterEach(cleanup)

test('there are no tiles before there is a market', () => {
  render(<Tiles />)
  expect(screen.queryAllByRole('link')).toEqual([])
})

test('alarms of the last week are compared with the budget', () => {
  loadRows(hours(200).map(hour => verdict(hour, [180, 190].includes(hour) ? anomaly : {})))
  render(<Tiles />)
  expect(screen.getByTestId('alarms-per-week').dataset).toMatchObject({ lastWeek: '2', budget: '1' })
  expect(screen.getByTestId('alarms-per-week').querySelector('.is-bad')?.textContent).toBe('2')
})

test('the error of the model is shown with the naive one, and with the one in use', () => {
  loadRows(hours(300).map(hour => verdict(hour, { skill: { ...skill, reason: { code: 'few-errors', bars: 100 } } })))
  render(<Tiles />)
  expect(screen.getByTestId('mae').dataset).toMatchObject({ model: '2', baseline: '5', ratio: '0.4' })
  expect(screen.getByTestId('skill').dataset.by).toBe('model')
  expect(screen.getByTestId('skill').textContent).toBe('Using btc-usd-1h')
  expect(screen.getByTestId('mae').title).toBe(
    'Its error is lower. The model was trained for this market and interval.',
  )
})

test('the feed shows its faults at the newest bar, and nothing while past bars are shown', () => {
  loadRows(hours(10).map(hour => verdict(hour)))
  dispatch({ kind: 'feed', feed })
  render(<Tiles />)
  expect(screen.getByTestId('feed').dataset.state).toBe('live')
  expect(screen.getByTestId('feed').textContent).toContain('2 gaps, 1 bad tick')
  cleanup()
  dispatch({ kind: 'replay', replay: replay({ at: isoDate(at(5)) }) })
  render(<Tiles />)
  expect(screen.queryByTestId('feed')).toBeNull()
})

test('episodes and faults are counted by severity', () => {
  loadRows([verdict(0)])
  dispatch({ kind: 'episodes', episodes: [episode(1, 1, 1), episode(9, 9, 9)], from: null })
  dispatch({ kind: 'faults', faults: [fault(5)], from: null })
  render(<Tiles />)
  const figures = [...screen.getByTestId('severities').querySelectorAll('strong')].map(one => one.textContent)
  expect(figures).toEqual(['2', '0', '0', '0', '1'])
})

test('every tile leads to its card of the overview', () => {
  loadRows([verdict(0)])
  render(<Tiles />)
  expect(screen.getAllByRole('link').map(link => link.getAttribute('href'))).toEqual(
    ['alarms', 'error', 'coverage', 'feed', 'episodes'].map(part => `/overview#${part}`),
  )
})
