// @vitest-environment happy-dom
import type { Replay } from '@candlewatch/api/replays'
import { isoDate } from '@candlewatch/core/interval'
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Call, Refusal, stubServer } from '../api/fetch.suite.ts'
import { zone } from '../format/zone.ts'
import { at, replay, verdict } from '../state/example.suite.ts'
import { clearStore, loadRows } from '../state/store.suite.ts'
import { dispatch, state } from '../state/store.ts'
import { PastBanner, SourceBanner } from './banners.tsx'
import { ReplayBar } from './replay-bar.tsx'

beforeEach(() => {
  clearStore()
  loadRows([verdict(0), verdict(1), verdict(2)])
  zone.value = 'utc'
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

function show(change: Partial<Replay> = {}) {
  const shown = replay(change)
  let { revision } = shown
  const calls = stubServer({
    'PATCH /api/replays/1': ({ body }: Call) => {
      revision += 1
      return { ...shown, ...(body as object), revision }
    },
  })
  dispatch({ kind: 'replay', replay: shown })
  render(<ReplayBar />)
  return calls
}

const sent = (calls: readonly Call[]) => calls.map(({ body }) => body)

test('without a replay there are no controls', () => {
  render(<ReplayBar />)
  expect(screen.queryByTestId('replay')).toBeNull()
})

test.each([
  [{ state: 'playing' }, { state: 'paused' }],
  [{ state: 'paused' }, { state: 'playing' }],
  [{ state: 'paused', seek: isoDate(at(9)) }, { state: 'paused' }],
  [{ state: 'finished' }, { state: 'playing', seek: isoDate(at(0)) }],
] as const)('for %j the play button requests %j', async (now, change) => {
  const calls = show(now)
  fireEvent.click(screen.getByTestId('play-pause'))
  await waitFor(() => expect(sent(calls)).toEqual([change]))
})

test('presses during a request are sent together', async () => {
  const calls = show({ state: 'paused' })
  for (let press = 0; press < 3; press++) fireEvent.click(screen.getByTestId('step'))
  await waitFor(() =>
    expect(sent(calls).reduce<number>((sum, body) => sum + (body as { step: number }).step, 0)).toBe(3),
  )
  expect(calls.length).toBeLessThan(3)
})

test('a replay that has finished has no next bar', () => {
  show({ state: 'finished' })
  for (const name of ['step', 'next-anomaly']) {
    expect((screen.getByTestId(name) as HTMLButtonElement).disabled).toBe(true)
  }
  expect((screen.getByTestId('step-back') as HTMLButtonElement).disabled).toBe(false)
})

test('a speed that is not in the list is named', () => {
  show({ everyMs: 400 })
  expect(screen.getByTestId('speed').querySelector('input:checked')).toBeNull()
  expect(screen.getByTestId('speed').querySelector('legend')?.textContent).toContain('2.5')
})

test('a stopped replay cannot be steered', () => {
  show({ state: 'stopped' })
  expect(screen.queryByTestId('play-pause')).toBeNull()
  expect((screen.getByTestId('replay-slider') as HTMLInputElement).disabled).toBe(true)
})

test('an entered date seeks the replay to it: the row after its bar comes next', async () => {
  const calls = show({ state: 'paused' })
  const field = screen.getByTestId('go-to')
  fireEvent.focus(field)
  fireEvent.input(field, { target: { value: '2021-05-20T03:20' } })
  fireEvent.submit(field.closest('form') as HTMLFormElement)
  await waitFor(() => expect(sent(calls)).toEqual([{ seek: isoDate(at(28)) }]))
})

test('a refused change becomes a notice', async () => {
  show({ state: 'paused' })
  vi.unstubAllGlobals()
  stubServer({ 'PATCH /api/replays/1': new Refusal(409, { code: 'ERR_REPLAY_OVER', detail: 'It was stopped.' }) })
  fireEvent.click(screen.getByTestId('step'))
  await waitFor(() => expect(state.value.notice).toBe('It was stopped.'))
})

test('past bars have a banner that names the latest bar and leads back to it', async () => {
  const calls = show({ state: 'paused', at: isoDate(at(1)) })
  render(<PastBanner />)
  expect(screen.getByTestId('latest-bar').textContent).toBe('19 May 2021 02:00')
  fireEvent.click(screen.getByTestId('to-newest'))
  await waitFor(() => expect(sent(calls)).toEqual([{ at: null }]))
})

test('the source of the rows is named: synthetic rows always, a file unless past bars are shown', () => {
  const source = { kind: 'csv', name: 'rows.csv' } as const
  show({ source })
  render(<SourceBanner />)
  expect(screen.getByTestId('source-banner').textContent).toContain('rows.csv')
  dispatch({ kind: 'replay', replay: replay({ source, at: isoDate(at(1)), revision: 9 }) })
  cleanup()
  render(<SourceBanner />)
  expect(screen.queryByTestId('source-banner')).toBeNull()
  dispatch({ kind: 'replay', replay: replay({ at: isoDate(at(1)), revision: 10 }) })
  cleanup()
  render(<SourceBanner />)
  expect(screen.getByTestId('source-banner').dataset.source).toBe('synthetic')
})
