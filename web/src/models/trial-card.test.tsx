// @vitest-environment happy-dom
import type { Model } from '@candlewatch/api/models'
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Call, Refusal, stubServer } from '../api/fetch.suite.ts'
import { session } from '../sync/session.ts'
import { pendingChange } from './change-dialog.tsx'
import { detail, idle, model, nextTraining, promotions, trial } from './models.suite.ts'
import { choose, readAll, versions } from './registry.ts'
import { TrialCard } from './trial-card.tsx'

const champion = model('1', { state: 'champion' })

beforeEach(() => {
  // happy-dom's dialog opens; its missing backdrop does not matter here.
  session.value = { keyRequired: false, name: null, scope: null }
})

afterEach(() => {
  cleanup()
  versions.value = null
  pendingChange.value = null
  vi.unstubAllGlobals()
})

async function show(versions: readonly Model[], chosen: string, more: Record<string, unknown> = {}) {
  const calls: readonly Call[] = stubServer({
    'GET /api/models': { models: versions },
    'GET /api/training': { ...idle, next: nextTraining },
    'GET /api/models/m/promotions': promotions,
    ...Object.fromEntries(versions.map(one => [`GET /api/models/${one.id}`, detail(one)])),
    ...more,
  })
  await readAll()
  choose(chosen)
  render(<TrialCard />)
  return calls
}

test('the champion offers the other versions to compare', async () => {
  await show([champion, model('2'), model('3', { state: 'refused' })], champion.id)
  fireEvent.click(screen.getByRole('button', { name: '2' }))
  await waitFor(() => expect(screen.getByTestId('compare')).toBeTruthy())
  expect(screen.queryByRole('button', { name: '3' })).toBeNull()
})

test('a version that cannot be used is not compared', async () => {
  await show([champion, model('2', { state: 'refused', reason: 'A file is missing.' })], 'm@2')
  expect(screen.queryByTestId('compare')).toBeNull()
})

test('a version of another model is not compared', async () => {
  await show([champion, model('2', { id: 'other@2', name: 'other' })], 'other@2')
  expect(screen.queryByTestId('compare')).toBeNull()
})

test('a trial shows whether the rule was met, both errors and links to the alarms that differ', async () => {
  await show([champion, model('2', { trial: trial() })], 'm@2')
  expect(screen.getByTestId('trial-card').dataset.passed).toBe('true')
  expect(screen.getByTestId('trial-verdict').textContent).toContain('Its error is 5.0 % lower.')
  const links = screen.getByTestId('alarms-fewer').querySelectorAll('a')
  expect([...links].map(link => link.getAttribute('href'))).toEqual([
    '/?at=2021-05-03T05:00:00Z',
    '/?at=2021-05-04T05:00:00Z',
  ])
})

test('comparing asks the server for a trial and reads the versions again', async () => {
  const calls = await show([champion, model('2')], 'm@2', { 'POST /api/models/m@2/trial': model('2') })
  fireEvent.click(screen.getByTestId('compare'))
  expect((screen.getByTestId('compare') as HTMLButtonElement).disabled).toBe(true)
  await waitFor(() => expect((screen.getByTestId('compare') as HTMLButtonElement).disabled).toBe(false))
  expect(calls.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual(['/api/models/m@2/trial'])
  expect(calls.filter(({ path }) => path === '/api/models')).toHaveLength(2)
})

test('a refused trial says why, until another version is chosen', async () => {
  const refusal = new Refusal(409, { code: 'ERR_TRIAL_IMPOSSIBLE', detail: 'There is no bar to compare on.' })
  await show([champion, model('2'), model('3')], 'm@2', { 'POST /api/models/m@2/trial': refusal })
  fireEvent.click(screen.getByTestId('compare'))
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('There is no bar to compare on.'))
  choose('m@3')
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull())
})

test('a promotion is confirmed first and carries the reason', async () => {
  const calls = await show([champion, model('2', { trial: trial() })], 'm@2', {
    'POST /api/models/m@2/promote': model('2', { state: 'champion' }),
  })
  fireEvent.click(screen.getByTestId('promote'))
  await waitFor(() => screen.getByTestId('confirm-change'))
  expect((screen.getByRole('textbox') as HTMLTextAreaElement).value).toBe('Its error is 5.0 % lower.')
  fireEvent.click(screen.getByTestId('confirm-change'))
  await waitFor(() => expect(pendingChange.value).toBeNull())
  expect(calls.find(({ method }) => method === 'POST')).toMatchObject({
    path: '/api/models/m@2/promote',
    body: { because: 'Its error is 5.0 % lower.' },
  })
})

test('a read-only key disables the buttons and says why', async () => {
  session.value = { keyRequired: true, name: 'a reader', scope: 'read' }
  await show([champion, model('2')], 'm@2')
  for (const name of ['compare', 'promote']) {
    expect((screen.getByTestId(name) as HTMLButtonElement).disabled).toBe(true)
  }
  expect(screen.getByTestId('read-only')).toBeTruthy()
})
