// @vitest-environment happy-dom
import { rooms } from '@candlewatch/api/values/rooms'
import { cleanup, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { currentRoom } from '../state/navigation.ts'
import { clearStore } from '../state/store.suite.ts'
import { dispatch } from '../state/store.ts'
import { session } from '../sync/session.ts'
import { App } from './app.tsx'
import { roomViews } from './rooms.tsx'

beforeEach(clearStore)
afterEach(() => {
  cleanup()
  session.value = null
  currentRoom.value = 'watch'
  vi.unstubAllGlobals()
})

test('a server that requires a key shows the sign-in alone', () => {
  session.value = { keyRequired: true, name: null, scope: null }
  render(<App />)
  expect(screen.getByTestId('sign-in')).toBeTruthy()
  expect(screen.queryByRole('navigation')).toBeNull()
})

test('without bars the chart is replaced by what is known: loading, failed, or empty', () => {
  render(<App />)
  expect(document.querySelector('[aria-busy=true]')).not.toBeNull()
  dispatch({ kind: 'failed', failure: 'No answer.' })
  cleanup()
  render(<App />)
  expect(screen.getByTestId('failed').textContent).toContain('No answer.')
  dispatch({ kind: 'ready' })
  cleanup()
  render(<App />)
  expect(screen.getByTestId('empty')).toBeTruthy()
})

test('every room has a view, and those that work without bars open without them', async () => {
  expect(Object.keys(roomViews)).toEqual(Object.keys(rooms))
  vi.stubGlobal('fetch', () => Promise.reject(new Error('There is no server.')))
  for (const name of ['models', 'data'] as const) {
    currentRoom.value = name
    render(<App />)
    await waitFor(() => expect(screen.getByTestId('room').dataset.room).toBe(name), { timeout: 10_000 })
    cleanup()
  }
})
