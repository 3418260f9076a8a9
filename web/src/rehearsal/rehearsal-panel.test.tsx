// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Refusal, stubServer } from '../api/fetch.suite.ts'
import { at, episode, rehearsal, verdict } from '../state/example.suite.ts'
import { showTab } from '../state/navigation.ts'
import { clearStore, loadRows } from '../state/store.suite.ts'
import { dispatch, state } from '../state/store.ts'
import { RehearsalPanel } from './rehearsal-panel.tsx'
import { budgets, failure, nearestStop, runRehearsal, tried, tryStop } from './rehearsing.ts'

runRehearsal()

beforeEach(() => {
  clearStore()
  loadRows([verdict(0)])
  showTab('rehearsal')
})
afterEach(() => {
  cleanup()
  tried.value = null
  failure.value = null
  showTab('episodes')
  vi.unstubAllGlobals()
})

const apply = () => screen.getByTestId('apply-budget') as HTMLButtonElement

test('the slider is at the current budget, and there is nothing to apply', () => {
  render(<RehearsalPanel />)
  expect((screen.getByRole('slider') as HTMLInputElement).value).toBe(String(budgets.indexOf(1)))
  expect(apply().disabled).toBe(true)
})

test('a budget between two stops belongs to the nearer one', () => {
  expect([0.01, 0.24, 0.26, 1.2, 100].map(budget => budgets[nearestStop(budget)])).toEqual([0.1, 0.2, 0.3, 1, 21])
})

test('a budget is tried once the slider rests, and its changes are listed', async () => {
  const answer = rehearsal({ appearing: [episode(1, 2, 3), episode(9, 9, 9)], vanishing: [episode(20, 20, 20)] })
  const calls = stubServer({ 'GET /api/rehearsal': answer })
  render(<RehearsalPanel />)
  for (const budget of [1.5, 2] as const) tryStop(budgets.indexOf(budget))
  await waitFor(() => expect(screen.getByTestId('rehearsed').dataset.budget).toBe('2'))
  expect(calls.map(({ query }) => query.get('alarmsPerWeek'))).toEqual(['2'])
  const listed = screen.getByTestId('rehearsed').querySelectorAll('li button')
  expect(listed).toHaveLength(3)
  fireEvent.click(listed[1] as Element)
  expect(state.value.view.selected).toBe(at(2))
})

test('moving back to the current budget ends the rehearsal', async () => {
  stubServer({ 'GET /api/rehearsal': rehearsal() })
  render(<RehearsalPanel />)
  tryStop(budgets.indexOf(2))
  await waitFor(() => screen.getByTestId('rehearsed'))
  tryStop(budgets.indexOf(1))
  await waitFor(() => expect(screen.queryByTestId('rehearsed')).toBeNull())
  expect(state.value.rehearsal).toBeNull()
})

test('applying makes the tried budget the current one', async () => {
  const calls = stubServer({
    'GET /api/rehearsal': rehearsal(),
    'GET /api/settings': { alarmsPerWeek: null },
    'PUT /api/budget': { alarmsPerWeek: 2 },
  })
  render(<RehearsalPanel />)
  tryStop(budgets.indexOf(2))
  await waitFor(() => expect(apply().disabled).toBe(false))
  fireEvent.click(apply())
  await waitFor(() => expect(state.value.market?.alarmsPerWeek).toBe(2))
  expect(tried.value).toBeNull()
  expect(calls.find(({ method }) => method === 'PUT')?.body).toEqual({ alarmsPerWeek: 2 })
})

test('applying changes the budget of a market that has one of its own', async () => {
  const calls = stubServer({
    'GET /api/rehearsal': rehearsal(),
    'GET /api/settings': { alarmsPerWeek: 1 },
    'PATCH /api/settings': { inForce: { alarmsPerWeek: 2 } },
  })
  render(<RehearsalPanel />)
  tryStop(budgets.indexOf(2))
  await waitFor(() => expect(apply().disabled).toBe(false))
  fireEvent.click(apply())
  await waitFor(() => expect(state.value.market?.alarmsPerWeek).toBe(2))
  expect(calls.find(({ method }) => method === 'PATCH')?.body).toMatchObject({ interval: '1h', alarmsPerWeek: 2 })
})

test('a rehearsal that fails says why', async () => {
  stubServer({ 'GET /api/rehearsal': new Refusal(503, { code: 'ERR_BUSY', detail: 'Too many requests.' }) })
  render(<RehearsalPanel />)
  tryStop(budgets.indexOf(3))
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('Too many requests.'))
  dispatch({ kind: 'notice', notice: null })
})
