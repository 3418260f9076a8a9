// @vitest-environment happy-dom
import type { Training } from '@candlewatch/api/training'
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, expect, test, vi } from 'vitest'
import { stubServer } from '../api/fetch.suite.ts'
import { session } from '../sync/session.ts'
import { detail, idle, model, nextTraining, promotions } from './models.suite.ts'
import { busy, outlook, versions } from './registry.ts'
import { training } from './training.ts'
import { TrainingCard } from './training-card.tsx'

const running: Training = {
  ...idle,
  state: 'running',
  startedBy: 'hand',
  size: 'quick',
  startedAt: '2021-06-01T00:00:00Z',
  says: 'Learning.',
  share: 0.425,
  epochs: 4,
  secondsLeft: 42,
}

afterEach(() => {
  cleanup()
  training.value = null
  outlook.value = null
  versions.value = null
  session.value = null
  vi.unstubAllGlobals()
})

const isDisabled = (name: string) => (screen.getByTestId(name) as HTMLButtonElement).disabled

test('with too few rows the reason is shown and no training starts', () => {
  outlook.value = { ...nextTraining, rows: null, refusal: 'Expected at least 1000 stored bars, found 0.' }
  render(<TrainingCard />)
  expect(screen.getByTestId('training-outlook').textContent).toBe('Expected at least 1000 stored bars, found 0.')
  expect(isDisabled('start-training')).toBe(true)
})

test('the chosen size is trained', async () => {
  outlook.value = nextTraining
  const calls = stubServer({
    'POST /api/models/retrain': running,
    'GET /api/models': { models: [model('1', { state: 'champion' })] },
    'GET /api/training': { ...running, next: nextTraining },
    'GET /api/models/m/promotions': promotions,
    'GET /api/models/m@1': detail(model('1')),
  })
  render(<TrainingCard />)
  fireEvent.click(screen.getByTestId('training-quick'))
  fireEvent.click(screen.getByTestId('start-training'))
  await waitFor(() => expect(screen.getByTestId('training-card').dataset.state).toBe('running'))
  expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({ size: 'quick' })
  await waitFor(() => expect(busy.value).toBeNull())
})

test('a training under way shows its step and its progress, rounded down', () => {
  training.value = running
  render(<TrainingCard />)
  expect(screen.getByTestId('training-step').textContent).toBe('Learning.')
  expect((screen.getByTestId('training-progress') as HTMLProgressElement).value).toBe(42)
  expect(screen.queryByTestId('start-training')).toBeNull()
})

test('a version that a training made can be shown, unless it is shown already', () => {
  stubServer({ 'GET /api/models/m@2': detail(model('2')) })
  versions.value = [model('1', { state: 'champion' }), model('2')]
  training.value = {
    ...running,
    state: 'done',
    endedAt: '2021-06-01T00:01:00Z',
    model: 'm',
    version: '2',
    says: 'Trained 2.',
  }
  render(<TrainingCard />)
  const end = screen.getByTestId('training-end')
  expect(end.dataset.version).toBe('2')
  fireEvent.click(screen.getByRole('button', { name: /2$/ }))
  expect(end.querySelector('button')).toBeNull()
})

test('a read-only key neither starts nor cancels a training', () => {
  session.value = { keyRequired: true, name: 'a reader', scope: 'read' }
  outlook.value = nextTraining
  render(<TrainingCard />)
  expect(isDisabled('start-training')).toBe(true)
  training.value = running
  cleanup()
  render(<TrainingCard />)
  expect(isDisabled('cancel-training')).toBe(true)
})
